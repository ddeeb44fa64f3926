// Anything thrown as the error that a person sees.

import { SettingError } from '../../config/index.ts';
import { PlaygroundError } from '../../protocol/errors.ts';
import { asPlaygroundError } from '../../protocol/remote.ts';

export function shownError(thrown: unknown): PlaygroundError {
  if (!(thrown instanceof SettingError)) return asPlaygroundError(thrown);
  return new PlaygroundError('bad-setting', thrown.message, thrown.hint, { setting: thrown.setting });
}
