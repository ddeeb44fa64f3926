// What a stored run was made with, in one line: its preset, and the settings that differ from it.

import { changedKeys, findSetting, formatSetting, type SettingKey, toQuery } from '../../../config/index.ts';
import type { RunRecord } from '../../../storage/types.ts';
import { baseOf, type Draft, groupToTellApart } from '../form/draft.ts';
import { draftOfRun } from './runLink.ts';

/** More than these are counted, not named. */
const MAX_NAMED = 6;

export type RunSummary = {
  /** `Preset smoke; Seed 7, Steps (supervised fine-tuning) 30.` */
  text: string;
  /** Its settings as the form holds them; null for those of another version. */
  draft: Draft | null;
};

export function runSummary(run: Pick<RunRecord, 'settings' | 'preset'>): RunSummary {
  const draft = draftOrNull(run);
  if (!draft) return { text: 'Its settings are those of another version of the page.', draft };
  const { preset, settings } = draft;
  const keys = changedKeys(settings, baseOf(draft));
  const named = keys.slice(0, MAX_NAMED).map((key) => `${nameOf(key)} ${formatSetting(key, settings[key])}`);
  const more = keys.length > MAX_NAMED ? ` and ${keys.length - MAX_NAMED} more` : '';
  const base = preset === '' ? 'No preset' : `Preset ${preset}`;
  return { text: keys.length === 0 ? `${base}, unchanged.` : `${base}; ${named.join(', ')}${more}.`, draft };
}

/** Whether both stand for the same run: preset and every setting. */
export function isSameDraft(a: Draft, b: Draft): boolean {
  return toQuery(a.settings, a.preset) === toQuery(b.settings, b.preset);
}

/** The label, with the group where labels are the same in several. */
function nameOf(key: SettingKey): string {
  const label = findSetting(key)?.label ?? key;
  const group = groupToTellApart(key);
  return group === null ? label : `${label} (${group.toLowerCase()})`;
}

function draftOrNull(run: Pick<RunRecord, 'settings' | 'preset'>): Draft | null {
  try {
    return draftOfRun(run);
  } catch {
    return null;
  }
}
