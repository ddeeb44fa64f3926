// How long a grid takes, before anything is run: stage times measured with the preset `quick` on one core.

import { extent } from '../base/numbers.ts';
import type { Settings } from '../config/index.ts';
import { isEvaluated, iterationsOf, planOf, STAGE_TABLE, type Stage } from '../terms/stages.ts';
import { promptsOfSuites } from '../terms/suites.ts';
import { type PlannedRun, readyRuns } from './plan.ts';

/** Seconds, with the model `small` on pictures of 24 px: a whole stage of `quick`, divided by its iterations. */
const SECONDS: { readonly [stage in Stage]: number } = {
  sft: 110 / 4500,
  heads: 95 / 2500,
  stage1: 31 / 80,
  stage2: 40 / 160,
  mixed: 40 / 160,
};
/** Of all suites, with 400 prompts each. */
const EVALUATION_SECONDS = 3;
/** Start, bundle and report, in Node. */
const OVERHEAD_SECONDS = 4;

/** Of `quick`, to scale by. */
const QUICK = { responses: 32 * 8, sftBatch: 32, headsBatch: 64, eval_samples: 400, eval_attacker: 0 };

/** Seconds of one run on one core, the stages after its fork alone; null where nothing was measured (another size of the model). */
export function runSeconds(run: Pick<PlannedRun, 'settings' | 'from'>): number | null {
  return run.settings.size === 'small' ? relativeSeconds(run) : null;
}

/** What a run takes against another one of the same size of the model; seconds where that is `small`. */
export function relativeSeconds({ settings, from }: Pick<PlannedRun, 'settings' | 'from'>): number {
  const first = from ? stageNames(settings).indexOf(from.stage) + 1 : 0;
  let seconds = OVERHEAD_SECONDS;
  settings.stages.forEach((stage, at) => {
    const evaluation = isEvaluated(stage, settings)
      ? (EVALUATION_SECONDS * promptsOfSuites(settings)) / promptsOfSuites(QUICK)
      : 0;
    if (at >= first) seconds += stageSeconds(settings, stage) + evaluation;
    // The evaluation of SFT lies after its checkpoint.
    else if (at === first - 1) seconds += evaluation;
  });
  return seconds;
}

/** Stages under their names in the plan of a run: one that is there twice has a number. */
function stageNames(settings: Settings): string[] {
  return planOf({ ...settings, evaluate: false }).map(({ name }) => name);
}

function stageSeconds(settings: Settings, stage: Stage): number {
  const size = {
    sft: settings.sft_batch / QUICK.sftBatch,
    heads: settings.heads_batch / QUICK.headsBatch,
    rl: (settings.prompts_per_step * settings.group_size) / QUICK.responses,
  }[STAGE_TABLE[stage].kind];
  return iterationsOf(stage, settings) * SECONDS[stage] * size;
}

/** Of a run of the model `small`: 19 MB were measured after seven RL iterations (bundle and checkpoints), and samples come on top. */
const RUN_BYTES = 30e6;

/** Room that a run takes on the disk, to about a factor of two; null for another size of the model. */
export function runBytes({ settings }: Pick<PlannedRun, 'settings'>): number | null {
  return settings.size === 'small' ? RUN_BYTES : null;
}

/** Seconds from start to end with so many runs at a time, each on a core of its own; null where a run's time is not known. */
export function gridSeconds(runs: readonly PlannedRun[], jobs: number): number | null {
  const times = new Map<string, number>();
  for (const run of runs) {
    const seconds = runSeconds(run);
    if (seconds === null) return null;
    times.set(run.id, seconds);
  }
  const [begun, done] = [new Set<string>(), new Set<string>()];
  let running: { id: string; end: number }[] = [];
  let now = 0;
  while (done.size < runs.length) {
    for (const run of readyRuns(runs, begun, done).slice(0, jobs - running.length)) {
      begun.add(run.id);
      running.push({ id: run.id, end: now + (times.get(run.id) ?? 0) });
    }
    if (running.length === 0) throw new Error('a run of the grid waits for one that is not in it');
    now = extent(running.map(({ end }) => end))[0];
    for (const { id, end } of running) if (end <= now) done.add(id);
    running = running.filter(({ end }) => end > now);
  }
  return now;
}
