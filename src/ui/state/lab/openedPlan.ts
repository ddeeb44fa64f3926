// A plan with its base and its runs as they are here, or in one sentence why it cannot be run.

import { asPlaygroundError } from '../../../base/errors.ts';
import { type BaseRun, type Expansion, expand, type Plan, shardRuns } from '../../../experiments/plans.ts';
import type { QueueRecord } from '../../../storage/types.ts';
import { entriesAfter, planOf, stageTitle } from '../../../terms/stages.ts';
import { type Bases, findBase } from './baseChoices.ts';

/** A plan with its base and its runs, or why there are none. */
export type Opened = { plan: Plan; base: BaseRun; expansion: Expansion };
export type OpenedOr = Opened | { problem: string };

export function openPlan(plan: Plan, bases: Bases): Opened {
  const base = findBase(plan.base, bases);
  return { plan, base, expansion: expand(plan, base) };
}

export function shareOf({ cells, runs }: Expansion, share: QueueRecord['share']): Expansion {
  return share ? { cells, runs: shardRuns(runs, share) } : { cells, runs };
}

/** What a run of the plan trains, and with which loss, in a sentence: the base alone does not say it. */
export function trainedText({ base, expansion }: Opened): string {
  const cells = expansion.runs.filter(({ kind }) => kind === 'cell');
  if (cells.length === 0) return '';
  const left = entriesAfter(planOf({ ...cells[0].settings, evaluate: false }), base.stage);
  const stages = left.map(({ name, iterations }) => `${stageTitle(name)} (${iterations} steps)`);
  const losses = [...new Set(cells.map(({ settings }) => settings.loss_type))];
  const withLoss = left.some(({ kind }) => kind === 'rl') ? `, RL by ${losses.join(', ')}` : '';
  return `Each trains ${stages.join(', ')}${withLoss}.`;
}

export function orProblem(open: () => Opened): OpenedOr {
  try {
    return open();
  } catch (error) {
    const { message, hint } = asPlaygroundError(error);
    return { problem: `${message} ${hint}`.trim() };
  }
}

/** For a person. */
export function planName({ plan }: QueueRecord): string {
  const { name } = (plan ?? {}) as { name?: unknown };
  return typeof name === 'string' ? name : 'a plan of another version';
}
