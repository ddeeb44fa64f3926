// A plan with its base and its runs as they are here, or in one sentence why it cannot be run.

import { asPlaygroundError } from '../../../base/errors.ts';
import { type BaseRun, type Expansion, expand, type Plan, shardRuns } from '../../../experiments/plans.ts';
import type { QueueRecord } from '../../../storage/types.ts';
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
