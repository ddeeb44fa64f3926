// A score of a suite as files hold it: checked when it is read.

import * as v from 'valibot';

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

export const scoreSchema = v.object({
  suite: v.string(),
  metric: v.string(),
  value: share,
  low: share,
  high: share,
  n: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  better: v.picklist(['higher', 'lower']),
});
