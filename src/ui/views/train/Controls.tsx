// The left column: presets, the settings that matter first, and every setting of the table in groups.

import type { Signal } from '@preact/signals';
import { useId } from 'preact/hooks';
import {
  changedKeys,
  type GroupInfo,
  resolvePreset,
  SETTING_GROUPS,
  SETTINGS,
  type SettingInfo,
  type SettingKey,
} from '../../../config/index.ts';
import {
  baseOf,
  type Draft,
  draftOfPreset,
  layersOf,
  PRESET_KINDS,
  presetsOf,
  withLayer,
  withSetting,
} from '../../state/draft.ts';
import { SettingField } from './SettingField.tsx';

/** Shown above the groups, for nearly every visitor wants them. */
const FIRST_KEYS: readonly SettingKey[] = ['seed', 'backbone', 'size', 'engine'];

type ControlsProps = { draft: Signal<Draft>; training: boolean };

export function Controls({ draft, training }: ControlsProps) {
  const { preset, settings } = draft.value;
  const changed = changedKeys(settings, baseOf(draft.value));
  return (
    <form
      class="card"
      aria-labelledby="settings-title"
      onSubmit={(event) => {
        event.preventDefault();
      }}
    >
      <div class="card-head">
        <h2 id="settings-title">Settings</h2>
        {changed.length > 0 && (
          <button
            type="button"
            class="quiet"
            onClick={() => {
              draft.value = draftOfPreset(preset);
            }}
          >
            Reset all ({changed.length})
          </button>
        )}
      </div>
      {training && <p class="hint">A run is in training: changes here are for the next run.</p>}
      <PresetFields draft={draft} />
      <Fields draft={draft} infos={SETTINGS.filter((info) => FIRST_KEYS.includes(info.key))} />
      {SETTING_GROUPS.map((group) => (
        <GroupFields key={group.key} draft={draft} group={group} changed={changed} />
      ))}
    </form>
  );
}

function PresetFields({ draft }: { draft: Signal<Draft> }) {
  const id = useId();
  const layers = layersOf(draft.value.preset);
  const chosen = resolvePreset(draft.value.preset).layers;
  return (
    <fieldset class="presets">
      <legend>Preset</legend>
      {PRESET_KINDS.map(({ kind, label }) => (
        <div class="preset" key={kind}>
          <label for={`${id}-${kind}`}>{label}</label>
          <select
            id={`${id}-${kind}`}
            value={layers[kind]}
            onChange={(event) => {
              draft.value = withLayer(draft.value, kind, event.currentTarget.value);
            }}
          >
            <option value="">{kind === 'size' ? 'as in the table' : '–'}</option>
            {presetsOf(kind).map((preset) => (
              <option key={preset.name} value={preset.name}>
                {preset.title}
              </option>
            ))}
          </select>
        </div>
      ))}
      {chosen.map((layer) => (
        <p class="hint" key={layer.name}>
          <b>{layer.title}.</b> {layer.sentence}
        </p>
      ))}
    </fieldset>
  );
}

type GroupFieldsProps = { draft: Signal<Draft>; group: GroupInfo; changed: readonly SettingKey[] };

function GroupFields({ draft, group, changed }: GroupFieldsProps) {
  const infos = group.settings.filter((info) => !FIRST_KEYS.includes(info.key));
  if (infos.length === 0) return null;
  const count = infos.filter((info) => changed.includes(info.key)).length;
  return (
    <details class="group">
      <summary>
        {group.title} {count > 0 && <span class="chip">{count} changed</span>}
      </summary>
      <p class="hint">{group.about}</p>
      <Fields draft={draft} infos={infos} />
    </details>
  );
}

function Fields({ draft, infos }: { draft: Signal<Draft>; infos: readonly SettingInfo[] }) {
  const base = baseOf(draft.value);
  return (
    <>
      {infos.map((info) => (
        <SettingField
          key={info.key}
          info={info}
          value={draft.value.settings[info.key]}
          base={base[info.key]}
          onChange={(key, value) => {
            draft.value = withSetting(draft.value, key, value);
          }}
        />
      ))}
    </>
  );
}
