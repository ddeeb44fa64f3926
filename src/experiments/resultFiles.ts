// Files of results (`results.json` of sweep and of the page) read back, and several of one plan merged: what does not fit is named and left out.

import * as v from 'valibot';
import { messageOf, PlaygroundError } from '../base/errors.ts';
import { type CodeIdentity, codeText, sameCode } from '../terms/origin.ts';
import type { PlanCell } from './cells.ts';
import { runId } from './plan.ts';
import { allSeeds, otherPlan, type Plan, readPlan } from './planFile.ts';
import type { RunResult } from './results.ts';

export type ResultFile = { plan: Plan; cells: readonly PlanCell[]; runs: readonly RunResult[] };

export type Merged = {
  plan: Plan;
  cells: readonly PlanCell[];
  /** Every run of the plan, those without a result too. */
  results: readonly RunResult[];
  /** Files of which something was taken. */
  files: number;
  /** One sentence for each file or run that was left out. */
  left: readonly string[];
};

const texts = v.record(v.string(), v.string());
const cellSchema = v.looseObject({ name: v.string(), title: v.string(), values: texts, isBase: v.boolean() });
const score = v.looseObject({ suite: v.string(), metric: v.string(), value: v.number(), n: v.number() });
const runSchema = v.looseObject({
  ...{ id: v.string(), name: v.string(), seed: v.number(), message: v.string(), settings: texts },
  kind: v.picklist(['cell', 'foundation']),
  status: v.picklist(['done', 'collapsed', 'failed', 'missing']),
  stages: v.array(
    v.looseObject({
      ...{ stage: v.string(), step: v.number(), scores: v.array(score) },
      greedy: v.optional(v.array(score)),
    }),
  ),
  figures: v.looseObject({
    ...{ ratioMax: v.nullable(v.number()), klMax: v.nullable(v.number()), rewardGap: v.nullable(v.number()) },
    breaches: v.optional(v.number()),
  }),
  engine: v.nullable(v.looseObject({ backend: v.string(), adapter: v.string() })),
  code: v.nullable(v.looseObject({ version: v.string(), sources: v.nullable(v.string()) })),
});
const fileSchema = v.looseObject({
  kind: v.literal('cosmo-sweep'),
  version: v.literal(1),
  plan: v.unknown(),
  cells: v.pipe(v.array(cellSchema), v.minLength(1)),
  runs: v.array(runSchema),
});

/** @throws PlaygroundError in one sentence. */
export function readResults(text: string): ResultFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw notResults('it is no JSON');
  }
  const read = v.safeParse(fileSchema, json, { abortEarly: true });
  if (!read.success) {
    const [issue] = read.issues;
    throw notResults(`${v.getDotPath(issue) ?? 'it'} is not what it should be`);
  }
  const { plan, cells, runs } = read.output;
  return {
    plan: readPlan(plan),
    cells: cells as unknown as PlanCell[],
    runs: runs as unknown as RunResult[],
  };
}

function notResults(why: string): PlaygroundError {
  return new PlaygroundError(
    'bad-bundle',
    `This is no file of results: ${why}.`,
    'Give the results.json that sweep or the page has written.',
  );
}

const hasResult = ({ status }: RunResult) => status === 'done' || status === 'collapsed';

/** One table of several files of one plan. The first that can be read says which plan and which code. @throws PlaygroundError where there is none. */
export function mergeResults(files: readonly { name: string; text: string }[]): Merged {
  const left: string[] = [];
  const read = files.flatMap(({ name, text }) => {
    try {
      return [{ name, ...readResults(text) }];
    } catch (error) {
      left.push(`${name}: ${messageOf(error)}`);
      return [];
    }
  });
  const [first] = read;
  if (!first)
    throw new PlaygroundError('bad-bundle', left[0] ?? 'There is no file.', 'Give files of results.');
  const code = first.runs.find((run) => run.code !== null)?.code ?? null;
  const same = read.filter(({ name, plan, runs }) => {
    const other = otherPlan(plan, first.plan);
    if (other !== null) left.push(`${name} is of another plan: ${other}.`);
    const made = other === null ? otherCode(runs, code) : null;
    if (made)
      left.push(
        `${name} was made with version ${codeText(made)}, the others with ${code && codeText(code)}.`,
      );
    return other === null && made === null;
  });
  const widest = same.reduce((a, b) => (runsOf(b) > runsOf(a) ? b : a), first);
  const taken = new Map<string, { run: RunResult; from: string }>();
  const used = new Set<string>();
  for (const { name, runs } of same) {
    for (const run of runs) {
      const before = taken.get(run.id);
      if (before && hasResult(before.run) && hasResult(run))
        left.push(`${run.id} of ${name} is there already, from ${before.from}${alike(before.run, run)}.`);
      else if (!before || hasResult(run)) {
        taken.set(run.id, { run, from: name });
        if (hasResult(run)) used.add(name);
      }
    }
  }
  const { plan, cells } = widest;
  const results = allSeeds(plan).flatMap((seed) =>
    cells.map((cell) => taken.get(runId(cell.name, seed))?.run ?? notThere(cell, seed)),
  );
  return { plan, cells, results, files: used.size, left };
}

const runsOf = ({ plan, cells }: ResultFile) => cells.length * allSeeds(plan).length;

function otherCode(runs: readonly RunResult[], code: CodeIdentity | null): CodeIdentity | null {
  return runs.find((run) => run.code && code && !sameCode(run.code, code))?.code ?? null;
}

/** Two machines that trained the same run should have the same bits. */
const alike = (a: RunResult, b: RunResult) =>
  a.digest === b.digest ? ', the same run' : ', with other numbers';

function notThere({ name, values }: PlanCell, seed: number): RunResult {
  return {
    ...{ id: runId(name, seed), name, seed, kind: 'cell', status: 'missing', message: '', stages: [] },
    figures: { ratioMax: null, klMax: null, rewardGap: null },
    ...{ engine: null, code: null, settings: values },
  };
}
