// Links that open the page with given settings, and the settings of a stored run for the form.

import { PlaygroundError } from '../../../base/errors.ts';
import { SettingError, type Settings, toQuery, validateSettings } from '../../../config/index.ts';
import type { RunRecord } from '../../../storage/types.ts';
import type { Draft } from '../form/draft.ts';

/** `page`: address of the page; its query and what stands after `#` are not taken over. */
export function linkOf(draft: Draft, page: string): string {
  const url = new URL(page);
  url.hash = '';
  url.search = toQuery(draft.settings, draft.preset);
  return url.href;
}

/**
 * Preset and settings of a run, as the form holds them. Settings that are newer than the run have their defaults.
 * @throws PlaygroundError `bad-setting` naming the first setting that this version does not know or accept.
 */
export function draftOfRun(run: Pick<RunRecord, 'settings' | 'preset'>): Draft {
  let settings: Settings;
  try {
    settings = validateSettings(run.settings);
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
