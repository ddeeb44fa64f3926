// The left column: presets, the settings that matter first, and every setting of the table in groups.

import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import {
  changedKeys,
  type GroupInfo,
  SETTING_GROUPS,
  SETTINGS,
  type SettingInfo,
  type SettingKey,
} from '../../../config/index.ts';
import { Button } from '../../parts/Button.tsx';
import { CopyButton } from '../../parts/CopyButton.tsx';
import { Prose } from '../../parts/Prose.tsx';
import { SettingField } from '../../parts/SettingField.tsx';
import type { ViewProps } from '../../session/session.ts';
import { baseOf, draftOfPreset, withRejected, withSetting } from '../../state/form/draft.ts';
import { type FoundSettings, findSettings } from '../../state/form/settingSearch.ts';
import { wantedField } from '../../state/form/wantedField.ts';
import { activeOverride, readForm } from '../../state/run/formOverride.ts';
import { linkOf } from '../../state/runs/runSettings.ts';
import { PresetFields } from './PresetFields.tsx';

/** Shown above the groups, for nearly every user wants them. */
const FIRST_KEYS: readonly SettingKey[] = ['seed', 'backbone', 'size', 'engine'];

export function Controls({ session }: ViewProps) {
  const { preset, settings } = session.draft.value;
  const changed = changedKeys(settings, baseOf(session.draft.value));
  const query = useSignal('');
  const found = findSettings(SETTING_GROUPS, query.value);
  const wanted = wantedField.value;
  // A field that is to get the focus may not be among those found.
  useEffect(() => {
    if (wanted !== null) query.value = '';
  }, [wanted]);
  return (
    <form class="card" aria-labelledby="settings-title" onSubmit={(event) => event.preventDefault()}>
      <div class="card-head">
        <h2 id="settings-title">Settings</h2>
        <CopyButton
          label="Copy link"
          of="to these settings"
          text={() => linkOf(readForm(session), location.href)}
        />
        {changed.length > 0 && (
          <Button
            label={`Reset all (${changed.length})`}
            class="quiet"
            onClick={() => (session.draft.value = draftOfPreset(preset))}
          />
        )}
      </div>
      {session.training.value && <p class="hint">Changes apply to the next run.</p>}
      {activeOverride(readForm(session)) && (
        <p class="hint">
          Settings of this run. Start repeats it. Your own settings come back when the run leaves the view.
        </p>
      )}
      <PresetFields session={session} />
      <Search query={query} found={found} />
      {query.value.trim() === '' ? (
        <>
          <Fields session={session} infos={SETTINGS.filter((info) => FIRST_KEYS.includes(info.key))} />
          {SETTING_GROUPS.map((group) => (
            <GroupFields key={group.key} session={session} group={group} changed={changed} />
          ))}
        </>
      ) : (
        found.map(({ group, infos }) => (
          <section key={group.key} class="group" aria-label={group.title}>
            <h3>{group.title}</h3>
            <Fields session={session} infos={infos} />
          </section>
        ))
      )}
    </form>
  );
}

type SearchProps = { query: Signal<string>; found: readonly FoundSettings[] };

function Search({ query, found }: SearchProps) {
  const count = found.reduce((sum, { infos }) => sum + infos.length, 0);
  const asked = query.value.trim() !== '';
  return (
    <div class="setting-search">
      <label class="row">
        Find a setting{' '}
        <input
          type="search"
          value={query.value}
          placeholder="name, key or word"
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => (query.value = event.currentTarget.value)}
        />
      </label>
      <p class="hint" role="status">
        {!asked
          ? ''
          : count === 0
            ? 'No setting found. Try one word, or part of it.'
            : `${count} ${count === 1 ? 'setting' : 'settings'} found.`}
      </p>
    </div>
  );
}

type GroupFieldsProps = ViewProps & { group: GroupInfo; changed: readonly SettingKey[] };

function GroupFields({ session, group, changed }: GroupFieldsProps) {
  // Folded fields are not made: a hundred of them would hold up the page whenever this view is shown.
  const open = useSignal(false);
  const details = useRef<HTMLDetailsElement>(null);
  const infos = group.settings.filter((info) => !FIRST_KEYS.includes(info.key));
  const wanted = infos.some(({ key }) => key === wantedField.value);
  useEffect(() => {
    if (wanted && details.current) details.current.open = true;
  }, [wanted]);
  if (infos.length === 0) return null;
  const count = infos.filter((info) => changed.includes(info.key)).length;
  const wrong = infos.filter(({ key }) => session.draft.value.rejected?.[key] !== undefined).length;
  return (
    <details ref={details} class="group" onToggle={(event) => (open.value = event.currentTarget.open)}>
      <summary>
        {group.title} {count > 0 && <span class="chip">{count} changed</span>}{' '}
        {wrong > 0 && <span class="chip bad">{wrong} to correct</span>}
      </summary>
      <p class="hint">
        <Prose text={group.about} />
      </p>
      {open.value && <Fields session={session} infos={infos} />}
    </details>
  );
}

function Fields({ session, infos }: ViewProps & { infos: readonly SettingInfo[] }) {
  const base = baseOf(session.draft.value);
  return (
    <>
      {infos.map((info) => (
        <SettingField
          key={info.key}
          info={info}
          value={session.draft.value.settings[info.key]}
          base={base[info.key]}
          onChange={(key, value) => (session.draft.value = withSetting(session.draft.value, key, value))}
          inForm={{
            rejected: session.draft.value.rejected?.[info.key],
            onReject: (key, text) => (session.draft.value = withRejected(session.draft.value, key, text)),
          }}
        />
      ))}
    </>
  );
}
