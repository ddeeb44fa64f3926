// Whether a run shows what its preset is meant to show: the sign of a failure on purpose, read from the curves.

import { formatNumber, formatPercent } from '../../../base/format.ts';
import { extent, mean } from '../../../base/numbers.ts';
import type { FailureHint } from '../../../config/index.ts';
import { scoreOf } from '../../../terms/scores.ts';
import { isRlStage, stageTitle } from '../../../terms/stages.ts';
import { readGaps } from './gap.ts';
import type { GuardFinding } from './guardFindings.ts';
import type { RunState } from './runState.ts';

/** Iterations that a value is the mean of: single ones are noise. */
const WINDOW = 5;

/** The failure as it is seen in the newest RL stage; null while it is not. */
export function signFinding(
  { metrics, evaluations }: Pick<RunState, 'metrics' | 'evaluations'>,
  { sign, title }: FailureHint,
): GuardFinding | null {
  const stage = metrics.stages.findLast(isRlStage);
  if (stage === undefined) return null;
  const found = (sentence: string): GuardFinding => ({
    kind: 'expected',
    stage,
    title,
    sentence: `${stageTitle(stage)}: ${sentence}`,
    meaning: '',
  });
  if (sign.kind === 'gap') {
    const gap = readGaps(metrics).find((reading) => reading.stage === stage);
    return gap?.alarming ? { ...found(''), sentence: gap.sentence } : null;
  }
  if (sign.kind === 'score') {
    const scoreAfter = (name: string) =>
      scoreOf(evaluations.findLast((each) => each.stage === name)?.scores ?? [], sign.score);
    const [first, last] = [scoreAfter('sft'), scoreAfter(stage)];
    if (!first || !last) return null;
    const rose = sign.is === 'above';
    const [low, high] = rose ? [first, last] : [last, first];
    if (high.value <= low.value + sign.by || high.low <= low.high) return null;
    return found(
      `${sign.what} ${rose ? 'rose' : 'fell'} from ${formatPercent(first.value)} after SFT to ${formatPercent(last.value)}.`,
    );
  }
  const { steps, columns } = metrics.select([sign.metric], (each) => each === stage);
  const values = (columns[0] ?? []).filter((value) => value !== null);
  if (values.length < 2 * WINDOW) return null;
  const first = mean(values.slice(0, WINDOW));
  const last = mean(values.slice(-WINDOW));
  const { is, value = null, timesStart = null } = sign;
  const limits = [value, timesStart === null ? null : timesStart * first].filter((limit) => limit !== null);
  const limit = is === 'above' ? extent(limits)[1] : extent(limits)[0];
  if (is === 'above' ? last <= limit : last >= limit) return null;
  return found(
    `${sign.what} was ${formatNumber(last)} over the ${WINDOW} iterations up to step ${steps.at(-1)}, ${is} ${formatNumber(limit)}; the stage began with ${formatNumber(first)}.`,
  );
}
