// What the chosen cell holds: kind, then shape and colour, digit, hazard, guild or word.

import { formatWord } from '../../../base/format.ts';
import type { CellView, InspectorCatalogue } from '../../../protocol/inspector.ts';
import { CELL_KINDS, type CellKind, cellOfKind } from './sceneEdit.ts';

type CellFieldsProps = {
  place: string;
  cell: CellView | null;
  catalogue: InspectorCatalogue;
  onCell: (cell: CellView | null) => void;
};

export function CellFields({ place, cell, catalogue, onCell }: CellFieldsProps) {
  const { colors, shapes, digits, hazards, guilds, glyphs } = catalogue;
  return (
    <fieldset class="cell-fields">
      <legend>Cell at {place}</legend>
      <Choice
        label="Holds"
        value={cell?.kind ?? 'nothing'}
        choices={CELL_KINDS}
        onChoice={(kind) => onCell(cellOfKind(kind as CellKind, cell, catalogue))}
      />
      {cell && 'color' in cell && (
        <Choice
          label="Colour"
          value={cell.color}
          choices={colors}
          onChoice={(color) => onCell({ ...cell, color })}
        />
      )}
      {cell?.kind === 'shape' && (
        <Choice
          label="Shape"
          value={cell.shape}
          choices={shapes}
          onChoice={(shape) => onCell({ ...cell, shape })}
        />
      )}
      {cell?.kind === 'digit' && (
        <Choice
          label="Digit"
          value={String(cell.digit)}
          choices={digits.map(String)}
          onChoice={(digit) => onCell({ ...cell, digit: Number(digit) })}
        />
      )}
      {cell?.kind === 'hazard' && (
        <Choice
          label="Hazard"
          value={cell.hazard}
          choices={hazards}
          onChoice={(hazard) => onCell({ ...cell, hazard })}
        />
      )}
      {cell?.kind === 'guild' && (
        <Choice
          label="Guild"
          value={cell.guild}
          choices={guilds}
          onChoice={(guild) => onCell({ ...cell, guild })}
        />
      )}
      {cell?.kind === 'word' && (
        <Choice
          label="Word"
          value={cell.word}
          choices={glyphs}
          onChoice={(word) => onCell({ ...cell, word })}
        />
      )}
    </fieldset>
  );
}

type ChoiceProps = {
  label: string;
  value: string;
  choices: readonly string[];
  onChoice: (choice: string) => void;
};

function Choice({ label, value, choices, onChoice }: ChoiceProps) {
  return (
    <label>
      <span class="hint">{label}</span>
      <select value={value} onChange={(event) => onChoice(event.currentTarget.value)}>
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {formatWord(choice)}
          </option>
        ))}
      </select>
    </label>
  );
}
