// The flags of `npm run sweep`, and the plan that they ask for.

import { cpus } from 'node:os';
import { UsageError } from '../../base/errors.ts';
import { flagName, SETTING_KEYS, type Settings } from '../../config/index.ts';
import { factorOf, type Plan, planOfInput } from '../../experiments/index.ts';
import { CLUSTERS, type Cluster } from '../cluster/emit.ts';
import { type Given, strayWord } from '../command.ts';
import { seedsFlag, shardFlag, threadsFor } from '../experiments/flags.ts';
import {
  choiceFlag,
  countFlag,
  type Flag,
  listFlag,
  parsedFlag,
  pathFlag,
  switchFlag,
  textFlag,
} from '../flag.ts';
import { outputFolderFlag } from '../output.ts';
import { settingFlags } from '../settingFlags.ts';
import { adapterFlag } from '../train/flags.ts';
import { requireNode } from '../train/runtime.ts';
import { RUNTIMES, type Runtime } from '../train/trainer.ts';
import { projectPath, typedPath } from '../typedPath.ts';
import { typedBase } from './base.ts';
import { readPlanFile } from './planFolder.ts';

const DEFAULT_SEEDS = [11, 12, 13, 14, 15];

const { preset: _, ...overrides } = settingFlags('');

const varyFlag: Flag<Plan['factors']> = {
  value: 'SETTING=A,B',
  help: 'A setting and its values; may be given several times, and every value is then combined with every value of the others. Values of lists and mixes have ; between them.',
  absent: [],
  read: (text) => [factorOf(text)],
  join: (before, after) => [...before, ...after],
};

const addSeedsFlag: Flag<number[][]> = {
  ...{ value: 'N,N', absent: [] },
  help: 'Further seeds after the results were looked at: they are marked, and the verdicts corrected for looking again.',
  read: (text, name) => [seedsFlag('').read(text, name) ?? []],
  join: (before, after) => [...before, ...after],
};

export const SWEEP_FLAGS = {
  plan: pathFlag('FILE', 'A plan as JSON, as --out holds one (plan.json) and the page writes it.'),
  base: textFlag(
    'BASE',
    'From what the runs begin: MODEL@STAGE (a released model, e.g. qwen-mini@heads), DIR@STAGE (a run), or a preset, of which they are trained whole.',
  ),
  vary: varyFlag,
  seeds: seedsFlag(`Seeds of every cell, e.g. 11,12 or 11..20. Default: ${DEFAULT_SEEDS.join(',')}.`),
  addSeeds: addSeedsFlag,
  metrics: listFlag('A,B', 'What is compared, e.g. mean,safe,helped. Default: these three.'),
  equal: parsedFlag<number, null>(
    'POINTS',
    'Scores that differ by less count as equal. Default: 1.',
    null,
    (text) => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined),
    'Give a number of points, e.g. 0.5.',
  ),
  name: textFlag('TEXT', 'Name of the plan. Default: what it varies.'),
  out: outputFolderFlag(
    'DIR',
    'Folder of the plan: its runs, one folder each, and the report.',
    projectPath('runs/sweep'),
  ),
  jobs: countFlag('Runs at a time.', 1),
  shard: shardFlag('Does part I of N of the cells and writes no report; join the parts with --merge.'),
  merge: pathFlag(
    'DIR...',
    'Runs nothing: copies finished runs out of these folders into --out, and writes the report.',
  ),
  reportOnly: switchFlag('Runs nothing: writes the report from what is in --out.'),
  dryRun: switchFlag('Prints the runs, how long they take and what room they need, and ends.'),
  emit: choiceFlag<Cluster, null>(
    CLUSTERS,
    'Runs nothing: writes the plan, and the jobs that run it on a cluster, into --out.',
    null,
  ),
  image: textFlag(
    'NAME',
    'With --emit kubernetes: the image that holds this program in /app. Default: cosmo-playground.',
  ),
  claim: textFlag('NAME', 'With --emit kubernetes: the claim of the volume for results. Default: cosmo.'),
  runtime: choiceFlag<Runtime, null>(
    RUNTIMES,
    'Where to train. Default: node for the engines auto and wasm, which needs no browser; else browser.',
    null,
  ),
  adapter: adapterFlag,
  ...overrides,
};

type Values = Given<typeof SWEEP_FLAGS>;

/** The plan that the flags describe; null where they name none, and that in the folder is meant. @throws UsageError, SettingError */
export async function askedPlan(values: Values): Promise<Plan | null> {
  const { plan, base, vary, seeds, metrics, equal, name, given } = values;
  const settings = SETTING_KEYS.filter((key) => given.includes(key));
  const describing = ['base', 'vary', 'seeds', 'metrics', 'equal', 'name', ...settings].filter((key) =>
    given.includes(key),
  );
  if (plan !== null) {
    if (describing.length > 0)
      throw new UsageError(
        `${flagName(describing[0])} cannot be given with --plan.`,
        'Change it in the file.',
      );
    return readPlanFile(plan);
  }
  if (base === null && vary.length === 0) {
    if (describing.length === 0) return null;
    throw new UsageError(
      `${flagName(describing[0])} alone makes no plan.`,
      'Give --base and --vary too, or --plan FILE.',
    );
  }
  if (base === null || vary.length === 0)
    throw new UsageError(
      base === null ? 'There is no --base to vary from.' : 'There is no --vary: nothing to compare.',
      'E.g. --base qwen-mini@heads --vary policy_drift_coef=0,0.01,0.1.',
    );
  return planOfInput({
    name: name ?? vary.map(({ setting }) => setting).join(' x '),
    base: await typedBase(base),
    overrides: Object.fromEntries(settings.map((key) => [key, values[key]])),
    factors: vary,
    seeds: seeds ?? DEFAULT_SEEDS,
    ...(metrics && { metrics }),
    ...(equal !== null && { equal }),
  });
}

/** How the runs are trained, beside what the plan says. @throws UsageError */
export function sweepPlace(values: Values, settings: Settings, cores = cpus().length) {
  const { given, words, merge, jobs, shard, adapter, out } = values;
  if (merge === null && words.length > 0) throw strayWord(words[0]);
  const inNode = ['auto', 'wasm'].includes(settings.engine) && !given.includes('adapter');
  const runtime = values.runtime ?? (inNode ? 'node' : 'browser');
  if (runtime === 'node')
    requireNode(settings.engine, given.includes('adapter') ? flagName('adapter') : undefined);
  return {
    ...{ jobs, shard, adapter, runtime, outFolder: out },
    /** Null where nothing is merged. */
    mergeFolders: merge === null ? null : [merge, ...words.map((word) => typedPath(word))],
    threads: threadsFor(settings, jobs, cores),
  };
}
