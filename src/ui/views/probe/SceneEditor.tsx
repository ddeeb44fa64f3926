// The picture as a grid of buttons over itself: choose a cell, say what it holds.

import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { InspectorCatalogue, PictureView } from '../../../protocol/inspector.ts';
import type { Scene } from '../../../terms/scene.ts';
import { Button } from '../../parts/Button.tsx';
import { SceneImage } from '../../parts/SceneImage.tsx';
import { Select } from '../../parts/Select.tsx';
import { CellFields } from './CellFields.tsx';
import {
  cellWords,
  emptyScene,
  GRID_SIZES,
  type GridSize,
  movedCell,
  placeWords,
  resized,
  sceneWords,
  withCell,
} from './sceneEdit.ts';

type SceneEditorProps = {
  scene: Scene | null;
  picture: PictureView | null;
  catalogue: InspectorCatalogue;
  onScene: (scene: Scene | null) => void;
};

const NONE = 'none';

export function SceneEditor({ scene, picture, catalogue, onScene }: SceneEditorProps) {
  const chosen = useSignal<number | null>(null);
  // Before one is chosen: the first that holds something.
  const cell = scene
    ? Math.min(chosen.value ?? Math.max(0, scene.cells.findIndex(Boolean)), scene.cells.length - 1)
    : 0;
  const resize = (size: string): void => {
    if (size === NONE) onScene(null);
    else if (scene) onScene(resized(scene, Number(size) as GridSize));
    else onScene(emptyScene(Number(size) as GridSize, 1));
  };
  return (
    <>
      <div class="choices row">
        <Select
          label={<span class="hint">Picture</span>}
          value={scene?.gridSize ?? NONE}
          choices={[
            [NONE, 'no picture'],
            ...GRID_SIZES.map((size) => {
              const known = catalogue.gridSizes.includes(size);
              return [size, `${size} × ${size} cells${known ? '' : ' (never trained on)'}`] as const;
            }),
          ]}
          onChoice={resize}
        />
        {scene && (
          <>
            <Button label="Clear all" onClick={() => onScene(emptyScene(scene.gridSize, scene.jitterSeed))} />
            <Button
              label="Other noise"
              title="The same scene with other jitter, brightness and noise"
              onClick={() => onScene({ ...scene, jitterSeed: (scene.jitterSeed + 1) % 2 ** 32 })}
            />
          </>
        )}
      </div>
      {scene && (
        <div class="scene-editor row top">
          <Cells
            scene={scene}
            picture={picture}
            chosen={cell}
            onChoose={(index) => (chosen.value = index)}
            onClear={(index) => onScene(withCell(scene, index, null))}
          />
          <CellFields
            place={placeWords(cell, scene.gridSize)}
            cell={scene.cells[cell] ?? null}
            catalogue={catalogue}
            onCell={(next) => onScene(withCell(scene, cell, next))}
          />
        </div>
      )}
      {scene && (
        <p class="hint">
          Click a cell, or move with the arrow keys and clear with Delete.
          {scene.perturbation > 0 && ' A pixel pattern lies over this picture; “Clear all” removes it too.'}
        </p>
      )}
    </>
  );
}

type CellsProps = {
  scene: Scene;
  picture: PictureView | null;
  chosen: number;
  onChoose: (index: number) => void;
  onClear: (index: number) => void;
};

function Cells({ scene, picture, chosen, onChoose, onClear }: CellsProps) {
  const grid = useRef<HTMLFieldSetElement>(null);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      onClear(chosen);
      return;
    }
    const next = movedCell(chosen, event.key, scene.gridSize);
    if (next === null) return;
    event.preventDefault();
    onChoose(next);
    grid.current?.querySelectorAll('button')[next]?.focus();
  };
  return (
    <div class="picture">
      {picture && <SceneImage image={picture} label={`The picture: ${sceneWords(scene)}`} />}
      <fieldset
        ref={grid}
        class="cells"
        style={{ gridTemplateColumns: `repeat(${scene.gridSize}, 1fr)` }}
        aria-label="Cells of the picture"
        onKeyDown={onKeyDown}
      >
        {scene.cells.map((cell, index) => (
          <Button
            key={index}
            tabIndex={index === chosen ? 0 : -1}
            aria-pressed={index === chosen}
            aria-label={`${placeWords(index, scene.gridSize)}: ${cellWords(cell)}`}
            title={cellWords(cell)}
            onClick={() => onChoose(index)}
            onFocus={() => onChoose(index)}
          />
        ))}
      </fieldset>
    </div>
  );
}
