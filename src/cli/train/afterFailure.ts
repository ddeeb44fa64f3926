// What to do after a run that failed: go on with it, or, where that would only repeat the failure, start another one.

import type { ErrorCode, WireError } from '../../base/errors.ts';

/** A resumed run keeps its settings and does the same again bit for bit, so it would meet these once more. */
const REPEATED: { readonly [code in ErrorCode]?: string } = {
  'missing-head':
    'Start a new run with `heads` before the first RL stage in --stages, or with the weight of that reward term at 0.',
  diverged: 'Start a new run with other settings.',
  'bad-setting': 'Start a new run with other settings.',
  'out-of-memory': 'Start a new run with a smaller model or batch.',
  'shape-mismatch': 'Start a new run.',
};

/** One line; `resumeCommand` goes on with the run. */
export function afterFailure(error: WireError | null, resumeCommand: string): string {
  const instead = error && REPEATED[error.code];
  return instead
    ? `Going on with this run would fail the same way. ${instead}`
    : `Go on with: ${resumeCommand}`;
}
