// `npm run evaluate`: the held-out suites on released weights or on the stages of a run.

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { PlaygroundError, UsageError } from '../../base/errors.ts';
import type { Settings } from '../../config/index.ts';
import { evaluationTable, headsText } from '../../evaluation/index.ts';
import type { ReleasedModel } from '../../protocol/inspector.ts';
import { differences } from './check.ts';
import { reportHeadsOf } from './heads.ts';
import { bundleOf, evaluateStages, released, releasesIn, stored } from './models.ts';

const MODELS_FOLDER = 'public/models';
const HELP = `Usage: npm run evaluate -- --model NAME | --run FOLDER [flags]

Evaluates policies on the held-out suites; the oracle judges. Same weights, same figures.
Exit code: 0 done, 1 failed or (--check) another figure than the list of models says, 2 not understood.

  --model NAME     a released model (folder of ${MODELS_FOLDER})
  --run FOLDER     a run that npm run train has made (or its bundle.zip), at the ends of its stages
  --stage LIST     only these, e.g. sft,stage2,heads; default: all policies, and on the test split the reward heads
  --split NAME     test (default) or validation: for choosing, without a look at what is reported
  --by-attack      attack success by attack too
  --by-family      the first metric of each suite by task family too
  --check          hold the figures of a released model to those in ${MODELS_FOLDER}/index.json
  --json FILE      the figures as JSON
  --help           this text
`;

const GROUPINGS = [
  { flag: 'by-attack', scores: 'byAttack', title: 'attack' },
  { flag: 'by-family', scores: 'byFamily', title: 'task family' },
] as const;

type Words = {
  of: { model: string } | { run: string };
  /** Null for all policies; `heads` stands apart. */
  stages: string[] | null;
  heads: boolean;
  split: Settings['eval_split'];
  by: readonly (typeof GROUPINGS)[number][];
  check: boolean;
  json: string | null;
};

export async function main(words: readonly string[]): Promise<number> {
  try {
    const read = readWords(words);
    if (read !== 'help') return await evaluate(read);
    console.log(HELP);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(error.text);
      return 2;
    }
    console.error(error instanceof PlaygroundError ? error.text : error);
    return 1;
  }
}

async function evaluate({ of, stages, heads, split, by, check, json }: Words): Promise<number> {
  const release = 'model' in of ? await releaseOf(of.model) : null;
  const evaluated = release
    ? released(releasesIn(MODELS_FOLDER), release)
    : await stored(bundleOf('run' in of ? of.run : ''));
  const results = await evaluateStages(evaluated, stages, split);
  const reports = heads ? await reportHeadsOf(evaluated) : null;
  if (results.length > 0) console.log(evaluationTable(results, 'text'));
  for (const { scores, title } of by) {
    const groups = results.map((each) => ({ ...each, scores: each[scores] }));
    console.log(`\nThe first metric of each suite by ${title}:\n${evaluationTable(groups, 'text')}`);
  }
  if (reports) console.log(`\nReward heads, accuracy % on held-out answers:\n${headsText(reports)}`);
  if (json !== null)
    writeFileSync(json, `${JSON.stringify({ of, split, stages: results, heads: reports }, null, 1)}\n`);
  if (!check || !release) return 0;
  const differing = differences(release, results, reports);
  for (const line of differing) console.error(line);
  console.log(
    differing.length === 0
      ? '\nEvery figure is the released one.'
      : `\n${differing.length} figures differ from ${MODELS_FOLDER}/index.json.`,
  );
  return differing.length === 0 ? 0 : 1;
}

/** @throws UsageError */
export function readWords(words: readonly string[]): Words | 'help' {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  let values: { [name: string]: string | boolean | undefined };
  try {
    values = parseArgs({
      args: [...words],
      options: {
        ...{ model: text, run: text, stage: text, split: text, json: text },
        ...{ 'by-attack': flag, 'by-family': flag, check: flag, help: { ...flag, short: 'h' } },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message, 'See npm run evaluate -- --help.');
  }
  if (values.help) return 'help';
  const { model, run, split = 'test', stage, json = null } = values;
  if (split !== 'test' && split !== 'validation')
    throw new UsageError(`--split is "${split}".`, 'Choose test or validation.');
  if ((model === undefined) === (run === undefined))
    throw new UsageError('What is to be evaluated?', 'Give either --model NAME or --run FOLDER.');
  if (values.check && (model === undefined || split !== 'test'))
    throw new UsageError(
      '--check has nothing to hold the figures to.',
      'Use it with --model, on the test split.',
    );
  const stages = typeof stage === 'string' ? stage.split(',').map((name) => name.trim()) : null;
  return {
    of: typeof model === 'string' ? { model } : { run: run as string },
    stages: stages ? stages.filter((name) => name !== 'heads') : null,
    // The heads have one held-out set, whose prompts are no choice between splits.
    heads: stages ? stages.includes('heads') : split === 'test',
    split,
    by: GROUPINGS.filter((grouping) => values[grouping.flag] === true),
    check: values.check === true,
    json: json as string | null,
  };
}

async function releaseOf(name: string): Promise<ReleasedModel> {
  const list = await releasesIn(MODELS_FOLDER).list();
  const found = list.find((model) => model.name === name);
  if (found) return found;
  const names = list.map((model) => model.name).join(', ');
  throw new UsageError(
    `There is no released model "${name}".`,
    names === '' ? 'There are none yet.' : `Choose out of: ${names}.`,
  );
}
