// The preset in its layers: one choice per kind, each with a way back to what the page opens with.

import { resolvePreset } from '../../../config/index.ts';
import { chooseLayers } from '../../commands/fillForm.ts';
import { Button } from '../../parts/Button.tsx';
import { Prose } from '../../parts/Prose.tsx';
import { Select } from '../../parts/Select.tsx';
import type { ViewProps } from '../../session/session.ts';
import { FIRST_PRESET, layersOf, PRESET_KINDS, presetsOf } from '../../state/form/draft.ts';

const FIRST_LAYERS = layersOf(FIRST_PRESET);

export function PresetFields({ session }: ViewProps) {
  const layers = layersOf(session.draft.value.preset);
  const chosen = resolvePreset(session.draft.value.preset).layers;
  const moved = PRESET_KINDS.filter(({ kind }) => layers[kind] !== FIRST_LAYERS[kind]);
  return (
    <fieldset class="presets framed rows">
      <legend>Preset</legend>
      {PRESET_KINDS.map(({ kind, label }) => (
        <div class="preset" key={kind}>
          <Select
            label={label}
            value={layers[kind]}
            choices={[
              ['', kind === 'size' ? 'as in the table' : '–'],
              ...presetsOf(kind).map(({ name, title }) => [name, title] as const),
            ]}
            onChoice={(name) => chooseLayers(session, { [kind]: name })}
          />
          {layers[kind] !== FIRST_LAYERS[kind] && (
            <Button
              label="↺"
              class="quiet"
              aria-label={`Reset the preset of ${label.toLowerCase()}`}
              title={FIRST_LAYERS[kind] === '' ? 'Take this layer away' : `Back to ${FIRST_LAYERS[kind]}`}
              onClick={() => {
                chooseLayers(session, { [kind]: FIRST_LAYERS[kind] });
              }}
            />
          )}
        </div>
      ))}
      {moved.length > 1 && (
        <Button label="Reset all layers" class="quiet" onClick={() => chooseLayers(session, FIRST_LAYERS)} />
      )}
      {chosen.map((layer) => (
        <p class="hint" key={layer.name}>
          <b>{layer.title}.</b> <Prose text={layer.sentence} />
          {layer.hint && (
            <>
              {' '}
              <b>Watch:</b> <Prose text={layer.hint.watch} />
            </>
          )}
        </p>
      ))}
    </fieldset>
  );
}
