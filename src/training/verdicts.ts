// Verdicts of heads and oracle on samples: as columns of the stored record, as the page shows them, and how far they agree.

import { argmax } from '../base/numbers.ts';
import type { SampleView } from '../protocol/messages.ts';
import { ORACLE_CLASS } from '../rewards/index.ts';
import type { SampleBatch } from '../storage/types.ts';
import { HEAD_TABLE, HEADS, type HeadName } from '../terms/heads.ts';
import type { Label } from '../terms/labels.ts';
import { SAFETY_VERDICTS } from '../terms/verdicts.ts';
import type { Group, Sample } from './rollout.ts';

type VerdictColumns = Pick<SampleBatch, 'headVerdicts' | 'oracleClasses'>;
type JudgedSample = Pick<Sample, 'heads' | 'judgement'>;

/** Code of "no verdict" in the columns of a record: the head was not asked, or the oracle has no say. */
const NO_CLASS = 255;

/** What heads and oracle said of each sample, as a record keeps it; every head has its columns. */
export function verdictColumns(samples: readonly JudgedSample[]): VerdictColumns {
  const byHead = <T>(column: (head: HeadName) => T) =>
    Object.fromEntries(HEADS.map((head) => [head, column(head)]));
  return {
    headVerdicts: byHead((head) => {
      const outputs = samples.map(({ heads }) => heads[head]);
      return {
        classes: Uint8Array.from(outputs, (output) => (output ? argmax(output) : NO_CLASS)),
        probabilities: Float32Array.from(outputs, (output) => (output ? output[argmax(output)] : Number.NaN)),
      };
    }),
    oracleClasses: byHead((head) =>
      Uint8Array.from(samples, ({ judgement }) => ORACLE_CLASS[head](judgement) ?? NO_CLASS),
    ),
  };
}

/** The first head that serves the label and was asked, and the oracle's class for the same head. */
export function shownVerdict(
  label: string,
  { headVerdicts, oracleClasses }: VerdictColumns,
  sample: number,
): Pick<SampleView, 'verdict' | 'oracleVerdict'> {
  const oracle = (head: HeadName) => oracleClasses[head]?.[sample] ?? NO_CLASS;
  const safety = SAFETY_VERDICTS[oracle('safety')];
  const serving = HEADS.filter((head) => HEAD_TABLE[head].labels.includes(label as Label));
  for (const head of serving) {
    const verdict = headVerdicts[head];
    if (!verdict || verdict.classes[sample] === NO_CLASS) continue;
    const name = (index: number) => `${head}: ${HEAD_TABLE[head].classes[index]}`;
    const probability = verdict.probabilities[sample];
    return {
      verdict: {
        name: name(verdict.classes[sample]),
        probability: Number.isNaN(probability) ? null : probability,
      },
      oracleVerdict: oracle(head) === NO_CLASS ? safety : name(oracle(head)),
    };
  }
  const stored = serving.every((head) => headVerdicts[head]);
  return { verdict: stored ? null : 'not stored', oracleVerdict: safety };
}

/** Accuracy and calibration error of each head against the oracle on these samples. */
export function headAgreement(groups: readonly Group[]): { [name: string]: number } {
  const metrics: { [name: string]: number } = {};
  for (const head of HEADS) {
    let right = 0;
    let n = 0;
    const bins = Array.from({ length: 10 }, () => ({ confidence: 0, right: 0 }));
    for (const { prompt, samples } of groups) {
      if (!HEAD_TABLE[head].labels.includes(prompt.label)) continue;
      for (const sample of samples) {
        const output = sample.heads[head];
        const label = ORACLE_CLASS[head](sample.judgement);
        if (!output || label === null) continue;
        const best = argmax(output);
        const hit = best === label ? 1 : 0;
        const bin = bins[Math.min(9, Math.floor(output[best] * 10))];
        bin.confidence += output[best];
        bin.right += hit;
        right += hit;
        n++;
      }
    }
    if (n === 0) continue;
    metrics[`heads/${head}/accuracy`] = right / n;
    metrics[`heads/${head}/ece`] =
      bins.reduce((sum, bin) => sum + Math.abs(bin.right - bin.confidence), 0) / n;
  }
  return metrics;
}
