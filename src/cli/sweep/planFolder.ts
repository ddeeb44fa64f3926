// The plan in a folder of runs: one folder holds the results of one plan, which may get values and seeds.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlaygroundError, UsageError } from '../../base/errors.ts';
import { otherPlan, type Plan, planText, readPlan } from '../../experiments/index.ts';
import { writeWhole } from '../../tooling/wholeFile.ts';

const planFile = (folder: string) => join(folder, 'plan.json');

/** The plan in a file. @throws UsageError where there is none, or none of this version. */
export function readPlanFile(path: string): Plan {
  if (!existsSync(path)) throw new UsageError(`There is no plan ${path}.`, 'Name a file that holds one.');
  try {
    return readPlan(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if (error instanceof PlaygroundError) throw new UsageError(`${path}: ${error.message}`, error.hint);
    throw new UsageError(`${path} is no JSON.`, 'Give a plan that sweep or the page has written.');
  }
}

/** The plan of the runs in a folder; null where there is none yet. @throws UsageError */
export function planIn(folder: string): Plan | null {
  return existsSync(planFile(folder)) ? readPlanFile(planFile(folder)) : null;
}

export function writePlanIn(folder: string, plan: Plan): void {
  writeWhole(planFile(folder), planText(plan));
}

/** Why the runs in a folder are not those of a plan, in words; null where they may be. */
export function otherPlanIn(folder: string, plan: Plan): string | null {
  const there = planIn(folder);
  const other = there && otherPlan(there, plan);
  return there && other ? `it holds the results of the plan "${there.name}" (${other})` : null;
}

/**
 * The plan that a folder goes on with: what stands there, the values and seeds that are asked for, and those added now.
 * @throws UsageError where another plan has its results there, or none is known.
 */
export function settledPlan(folder: string, asked: Plan | null, added: readonly (readonly number[])[]): Plan {
  const there = planIn(folder);
  const plan = asked ?? there;
  if (!plan)
    throw new UsageError(
      `There is no plan in ${folder}.`,
      'Give one with --plan FILE, or what it varies: --base qwen-mini@heads --vary epochs=1,4.',
    );
  if (asked && there) {
    const other = otherPlanIn(folder, asked);
    if (other !== null)
      throw new UsageError(`${folder} is taken: ${other}.`, 'Choose another --out for this plan.');
  }
  const looks = [...(there ?? plan).addedSeeds, ...(there ? plan.addedSeeds : []), ...added];
  const known = new Set(plan.seeds);
  // The same command again adds nothing.
  const addedSeeds = looks.flatMap((seeds) => {
    const fresh = seeds.filter((seed) => !known.has(seed));
    for (const seed of fresh) known.add(seed);
    return fresh.length > 0 ? [fresh] : [];
  });
  const cells = [...(there?.cells ?? []), ...plan.cells];
  const isFirst = ({ name }: (typeof cells)[number], i: number) =>
    cells.findIndex((each) => each.name === name) === i;
  return { ...plan, factors: withValues(plan, there), cells: cells.filter(isFirst), addedSeeds };
}

/** The values there first, so that a value can be added by naming it alone. */
function withValues({ factors }: Plan, there: Plan | null): Plan['factors'] {
  return factors.map(({ setting, values }, i) => {
    const old = there?.factors[i].values ?? [];
    const texts = new Set(old.map((value) => JSON.stringify(value)));
    return { setting, values: [...old, ...values.filter((value) => !texts.has(JSON.stringify(value)))] };
  });
}
