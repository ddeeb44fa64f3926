// What the stage of the heads does beside its steps: examples before them, measurements between, the report after.

import { mean } from '../base/numbers.ts';
import type { HeadReport } from '../terms/heads.ts';
import type { Between, RunState, TrainingContext } from './context.ts';
import { isMeasured, mayStop, shouldStop } from './earlyStop.ts';
import { type HeadExample, headExamples } from './headExamples.ts';
import { headsOf, heldOutExamples, reportHeads } from './heads.ts';
import type { HeadsStage } from './stages.ts';

/** Made when the stage begins, also after a resume; depends on settings and SFT weights alone. */
export type HeadSet = {
  training: readonly HeadExample[];
  /** Null where nothing is measured before the report. */
  heldOut: readonly HeadExample[] | null;
};

/** Long work under a title, as the user reads it. */
type Titled = (title: string) => Between;

const HELD_OUT = 'The held-out examples of the reward heads';

/** Null where the work was given up. */
export async function makeHeadSet(
  context: TrainingContext,
  state: RunState,
  between: Titled,
): Promise<HeadSet | null> {
  const { heads_examples, heads_label_noise, heads_measure_every } = context.settings;
  const title = between('The examples of the reward heads');
  const training = await headExamples(context, state, 'heads', heads_examples, heads_label_noise, title);
  if (!training || heads_measure_every === 0) return training && { training, heldOut: null };
  const heldOut = await heldOutExamples(context, state, between(HELD_OUT));
  return heldOut && { training, heldOut };
}

/**
 * Measures the heads where that is due after so many steps of their stage, keeps the best weights and stops the stage where it may stop
 * early. Returns the accuracies as metrics, null where nothing was due.
 */
export async function measureHeads(
  { settings }: TrainingContext,
  state: RunState,
  { name, iterations }: HeadsStage,
  iteration: number,
  { heldOut }: HeadSet,
): Promise<{ [metric: string]: number } | null> {
  if (!heldOut || !isMeasured(settings, iteration, iterations)) return null;
  const reports = await reportHeads(state, heldOut);
  if (mayStop(settings)) {
    const accuracy = mean(reports.map((report) => report.accuracy));
    if (accuracy > (state.bestHeads?.accuracy ?? Number.NEGATIVE_INFINITY))
      state.bestHeads = { accuracy, iteration, weights: await headsOf(state).getParameters() };
    const bestAt = state.bestHeads?.iteration ?? iteration;
    if (iteration < iterations && shouldStop(settings, bestAt, iteration))
      state.earlyStops = { ...state.earlyStops, [name]: iteration };
  }
  return Object.fromEntries(
    reports.map(({ head, accuracy }) => [`heads/${head}/holdout_accuracy`, accuracy]),
  );
}

/** Puts the best weights back, and reports on them. Null where the work was given up. */
export async function finishHeads(
  context: TrainingContext,
  state: RunState,
  headSet: HeadSet | null,
  between: Titled,
): Promise<HeadReport[] | null> {
  const heldOut = headSet?.heldOut ?? (await heldOutExamples(context, state, between(HELD_OUT)));
  if (!heldOut) return null;
  if (state.bestHeads) await headsOf(state).setParameters(state.bestHeads.weights);
  state.bestHeads = null;
  return reportHeads(state, heldOut);
}
