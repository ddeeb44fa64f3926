// When the heads stop before their last step: the rule over their measurements on held-out responses.

import type { Settings } from '../config/index.ts';

type StopSettings = Pick<Settings, 'heads_measure_every' | 'heads_patience'>;

/** The best measurement of a stage so far. */
export type BestHeads = {
  /** Mean accuracy over the heads, so that none counts more than another. */
  accuracy: number;
  /** Steps of the stage that were done then. */
  iteration: number;
  /** The weights of then, flat. */
  weights: Float32Array;
};

/** Whether the heads are measured once so many steps of their stage are done: every n-th time, and after the last one. */
export function isMeasured(
  { heads_measure_every: every }: StopSettings,
  iteration: number,
  iterations: number,
): boolean {
  return every > 0 && (iteration % every === 0 || iteration === iterations);
}

/** Whether the best weights are kept, and the stage may stop early. */
export function mayStop({ heads_measure_every, heads_patience }: StopSettings): boolean {
  return heads_measure_every > 0 && heads_patience > 0;
}

/** Whether the last `heads_patience` measurements brought nothing better than the best one, which was after `bestAt` steps. */
export function shouldStop(settings: StopSettings, bestAt: number, iteration: number): boolean {
  const { heads_measure_every: every, heads_patience: patience } = settings;
  return mayStop(settings) && iteration - bestAt >= patience * every;
}
