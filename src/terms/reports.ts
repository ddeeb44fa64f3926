// The one schema of scores and reports of reward heads, wherever they come from: a bundle, the store, a list of models, results.

import * as v from 'valibot';
import type { HeadReport } from './heads.ts';
import type { SuiteScore } from './suites.ts';

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const effective = v.pipe(v.number(), v.finite(), v.minValue(0));

/** Fields of later versions stay. */
export const scoreSchema = v.looseObject({
  suite: v.string(),
  metric: v.string(),
  value: share,
  low: share,
  high: share,
  n: count,
  effectiveN: v.optional(effective),
  better: v.picklist(['higher', 'lower']),
}) satisfies v.GenericSchema<unknown, SuiteScore>;

export const headReportSchema = v.pipe(
  v.object({
    head: v.string(),
    classes: v.array(v.string()),
    accuracy: share,
    low: share,
    high: share,
    n: count,
    effectiveN: v.optional(effective),
    confusion: v.array(v.array(count)),
    ece: share,
    bins: v.array(v.object({ confidence: share, accuracy: share, n: count })),
  }),
  v.check(
    ({ classes, confusion }) => [confusion, ...confusion].every(({ length }) => length === classes.length),
    'Expected a row and a column of the confusion for each class',
  ),
) satisfies v.GenericSchema<unknown, HeadReport>;

/** The report of a stored evaluation: a list of scores, or an object that holds it and may hold more. */
export const evaluationReportSchema = v.lazy((input) =>
  Array.isArray(input)
    ? v.array(scoreSchema)
    : v.looseObject({ scores: v.array(scoreSchema), greedy: v.optional(v.array(scoreSchema)) }),
);

/** The report of stored heads. */
export const headsReportSchema = v.lazy((input) =>
  Array.isArray(input) ? v.array(headReportSchema) : v.looseObject({ reports: v.array(headReportSchema) }),
);
