// The list of released models as it lies in `models/index.json`: its schema, checked when read.

import * as v from 'valibot';

export const RELEASES_VERSION = 1;

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

const score = v.object({
  suite: v.string(),
  metric: v.string(),
  value: share,
  low: share,
  high: share,
  n: count,
  better: v.picklist(['higher', 'lower']),
});

/** Paths are below the folder of the models and leave it nowhere. */
const file = v.pipe(v.string(), v.regex(/^[\w-]+\/[\w-]+\.safetensors$/));
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

const headReport = v.object({
  head: v.string(),
  classes: v.array(v.string()),
  accuracy: share,
  low: share,
  high: share,
  n: count,
  confusion: v.array(v.array(count)),
  ece: share,
  bins: v.array(v.object({ confidence: share, accuracy: share, n: count })),
});

const release = v.object({
  name: v.pipe(v.string(), v.regex(/^[\w-]+$/)),
  title: v.string(),
  createdAt: v.string(),
  settings: v.record(v.string(), v.unknown()),
  preset: v.string(),
  seed: count,
  codeVersion: v.string(),
  device: v.string(),
  command: v.string(),
  stages: v.array(v.object({ stage: v.string(), file, bytes: count, sha256, scores: v.array(score) })),
  heads: v.object({ file, bytes: count, sha256, reports: v.array(headReport) }),
});

export const releasesSchema = v.object({
  kind: v.literal('cosmo-models'),
  version: count,
  models: v.array(release),
});
