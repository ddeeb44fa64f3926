// The settings of a stored run: for the form, as a link, and in one line.

import { PlaygroundError } from '../../../base/errors.ts';
import {
  changedKeys,
  formatSetting,
  SettingError,
  type SettingKey,
  type Settings,
  toQuery,
  trainedSettings,
  validateSettings,
} from '../../../config/index.ts';
import type { RunRecord } from '../../../storage/types.ts';
import { withPageParts } from '../../browser/address.ts';
import { baseOf, type Draft, labelOf } from '../form/draft.ts';
import { type Form, type StartPoint, startOfFork, startText } from '../form/startPoint.ts';

/** `page`: address of the page; its query and what stands after `#` are not taken over. */
export function linkOf({ draft, start }: Form, page: string): string {
  const url = new URL(page);
  url.hash = '';
  url.search = formQuery({ draft, start });
  return url.href;
}

/** The query, without `?`, that opens the page with these settings and this starting point. */
export function formQuery({ draft, start }: Form): string {
  return withPageParts(toQuery(draft.settings, draft.preset), { from: start && startText(start) });
}

/** Where a stored run began; null for one that was trained whole. */
export function startOfRun({ fork }: Pick<RunRecord, 'fork'>): StartPoint | null {
  return fork ? startOfFork(fork) : null;
}

/**
 * Preset and settings of a run, as the form holds them. Settings that are newer than the run have their defaults.
 * @throws PlaygroundError `bad-setting` naming the first setting that this version does not know or accept.
 */
export function draftOfRun(run: Pick<RunRecord, 'settings' | 'preset'>): Draft {
  let settings: Settings;
  try {
    settings = validateSettings(trainedSettings(run.settings));
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    throw new PlaygroundError(
      'bad-setting',
      `The settings of this run are those of another version of the page: ${error.message}`,
      'Its curves and scores can be read; to train it again, choose the settings by hand.',
      error.details,
    );
  }
  try {
    toQuery(settings, run.preset);
    return { preset: run.preset, settings };
  } catch (error) {
    // The preset is not known here: all of its settings are, so nothing is lost without its name.
    if (error instanceof SettingError) return { preset: '', settings };
    throw error;
  }
}

/** More than these are counted, not named. */
const MAX_NAMED = 6;

/** `Preset smoke; Seed 7, Steps (supervised fine-tuning) 30.`, and the settings as the form holds them; null for those of another version. */
export function runSummary(run: Pick<RunRecord, 'settings' | 'preset'>) {
  let draft: Draft;
  try {
    draft = draftOfRun(run);
  } catch {
    return { text: 'Its settings are those of another version of the page.', draft: null };
  }
  const { preset, settings } = draft;
  const keys = changedKeys(settings, baseOf(draft));
  const nameOf = (key: SettingKey) => labelOf(key, (group) => group.toLowerCase());
  const named = keys.slice(0, MAX_NAMED).map((key) => `${nameOf(key)} ${formatSetting(key, settings[key])}`);
  const more = keys.length > MAX_NAMED ? ` and ${keys.length - MAX_NAMED} more` : '';
  const base = preset === '' ? 'No preset' : `Preset ${preset}`;
  return { text: keys.length === 0 ? `${base}, unchanged.` : `${base}; ${named.join(', ')}${more}.`, draft };
}

/** Whether both stand for the same run: preset and every setting. */
export function isSameDraft(a: Draft, b: Draft): boolean {
  return toQuery(a.settings, a.preset) === toQuery(b.settings, b.preset);
}
