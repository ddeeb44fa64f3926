// Records as versions before this one wrote them, brought to the shape of today when they are read. What they lack stays unknown.

import { type OldOrigin, withOrigin } from './originSchema.ts';
import type { RunRecord, SampleBatch } from './types.ts';

/** A run of before 0.2.0. */
export type OldRunRecord = Omit<RunRecord, 'code' | 'engine'> & OldOrigin;

/** A stored run of any version. */
export function currentRun(stored: RunRecord | OldRunRecord): RunRecord {
  return withOrigin(stored) as RunRecord;
}

/** A batch of before 0.2.0: the class of the Safety head and of the oracle, 255 for none; no probabilities, no other head. */
export type OldSampleBatch = Omit<SampleBatch, 'headVerdicts' | 'oracleClasses'> & {
  verdicts: Uint8Array;
  oracleVerdicts: Uint8Array;
};

/** A stored batch of any version. */
export function currentBatch(stored: SampleBatch | OldSampleBatch): SampleBatch {
  if (!('verdicts' in stored)) return stored;
  const { verdicts, oracleVerdicts, ...rest } = stored;
  return {
    ...rest,
    headVerdicts: {
      safety: { classes: verdicts, probabilities: new Float32Array(verdicts.length).fill(Number.NaN) },
    },
    oracleClasses: { safety: oracleVerdicts },
  };
}
