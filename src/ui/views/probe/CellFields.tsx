// What the chosen cell holds: kind, then shape and colour, digit, hazard, guild or word.

import { formatWord } from '../../../base/format.ts';
import type { InspectorCatalogue } from '../../../protocol/inspector.ts';
import type { Cell } from '../../../terms/scene.ts';
import { Select } from '../../parts/Select.tsx';
import { CELL_KINDS, type CellKind, cellOfKind, choicesOf } from './sceneEdit.ts';

type CellFieldsProps = {
  place: string;
  cell: Cell | null;
  catalogue: InspectorCatalogue;
  onCell: (cell: Cell | null) => void;
};

export function CellFields({ place, cell, catalogue, onCell }: CellFieldsProps) {
  const choices: { readonly [part: string]: readonly (string | number)[] } = choicesOf(catalogue);
  const held = Object.entries(cell ?? {}).filter(([part]) => part in choices);
  return (
    <fieldset class="cell-fields rows">
      <legend>Cell at {place}</legend>
      <Part
        label="Holds"
        value={cell?.kind ?? 'nothing'}
        choices={CELL_KINDS}
        onChoice={(kind) => onCell(cellOfKind(kind as CellKind, cell, catalogue))}
      />
      {held.map(([part, value]) => (
        <Part
          key={part}
          label={part === 'color' ? 'Colour' : part.replace(/^./, (letter) => letter.toUpperCase())}
          choices={choices[part]}
          value={value}
          onChoice={(chosen) =>
            onCell({ ...cell, [part]: typeof value === 'number' ? Number(chosen) : chosen } as Cell)
          }
        />
      ))}
    </fieldset>
  );
}

type PartProps = {
  label: string;
  value: string | number;
  choices: readonly (string | number)[];
  onChoice: (choice: string) => void;
};

function Part({ label, choices, ...select }: PartProps) {
  return (
    <Select
      label={<span class="hint">{label}</span>}
      choices={choices.map((choice) => [choice, formatWord(String(choice))] as const)}
      {...select}
    />
  );
}
