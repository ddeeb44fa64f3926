// `npm run evaluate`: the held-out suites on released weights or on the stages of a run.

import { UsageError } from '../../base/errors.ts';
import { evaluationTables, headsText } from '../../evaluation/index.ts';
import type { ReleasedModel } from '../../protocol/inspector.ts';
import { MOST_ATTACKED } from '../../terms/suites.ts';
import { writeWhole } from '../../tooling/wholeFile.ts';
import { command, type Given } from '../command.ts';
import { choiceFlag, countFlag, listFlag, parsedFlag, pathFlag, switchFlag, textFlag } from '../flag.ts';
import { outputFileFlag } from '../output.ts';
import { readRunBundle } from '../runBundle.ts';
import { differences } from './check.ts';
import { evaluateStages, released, reportHeadsOf, stored } from './models.ts';
import { MODELS_FOLDER, releasesIn } from './releasedFolder.ts';

const GROUPINGS = [
  { by: 'byAttack', title: 'attack' },
  { by: 'byFamily', title: 'task family' },
] as const;

const FLAGS = {
  model: textFlag('NAME', `A released model (folder of ${MODELS_FOLDER}).`),
  run: pathFlag(
    'FOLDER',
    'A run that npm run train has made (or its bundle.zip), at the ends of its stages.',
  ),
  stage: listFlag(
    'LIST',
    'Only these, e.g. sft,stage2,heads; default: all policies, and on the test split the reward heads.',
  ),
  split: choiceFlag(
    ['test', 'validation'],
    'validation is for choosing, without a look at what is reported.',
    'test',
  ),
  filter: parsedFlag(
    'SHARE',
    'Replaces by a refusal what the Safety head of the run gives no more than this probability of not being unsafe, as the setting eval_filter does; here in front of every policy, whatever the run has.',
    0,
    (text) => (Number(text) >= 0 && Number(text) <= 1 ? Number(text) : undefined),
    'Give a number from 0 (no filter) to 1 (everything is replaced).',
  ),
  byAttack: switchFlag('Attack success by attack too.'),
  byFamily: switchFlag('The first metric of each suite by task family too.'),
  attacker: countFlag(
    'Harmful requests under the adaptive attacker too, 64 attacks on each (the setting eval_attacker).',
    null,
    MOST_ATTACKED,
  ),
  check: switchFlag(`Hold the figures of a released model to those in ${MODELS_FOLDER}/index.json.`),
  json: outputFileFlag('The figures as JSON.'),
};

export const main = command({
  line: 'npm run evaluate',
  about: `Evaluates policies on the held-out suites; the oracle judges. Same weights, same figures. Give --model or --run.
Exit code: 0 done, 1 failed or (--check) another figure than the list of models says, 2 not understood.`,
  flags: FLAGS,
  run: evaluate,
});

async function evaluate(values: Given<typeof FLAGS>): Promise<number> {
  const { model, run, stage, split, filter, attacker, check, json } = values;
  if ((model === null) === (run === null))
    throw new UsageError('What is to be evaluated?', 'Give either --model NAME or --run FOLDER.');
  if (check && (model === null || split !== 'test' || filter > 0 || attacker !== null))
    throw new UsageError(
      '--check has nothing to hold the figures to.',
      'Use it with --model, on the test split, without --filter and --attacker.',
    );
  const release = model === null ? null : await releaseOf(model);
  const evaluated = release
    ? released(releasesIn(MODELS_FOLDER), release)
    : await stored(readRunBundle(run ?? ''));
  const stages = stage?.filter((name) => name !== 'heads') ?? null;
  const also = attacker === null ? {} : { eval_attacker: attacker };
  const results = await evaluateStages(evaluated, stages, {
    eval_split: split,
    eval_filter: filter,
    ...also,
  });
  // The heads have one held-out set, whose prompts are no choice between splits.
  const heads = stage ? stage.includes('heads') : split === 'test';
  const reports = heads ? await reportHeadsOf(evaluated) : null;
  if (results.length > 0) console.log(evaluationTables(results, 'text'));
  for (const { by, title } of GROUPINGS) {
    if (!values[by]) continue;
    const groups = results.map((each) => ({ ...each, ...each[by] }));
    console.log(`\nThe first metric of each suite by ${title}:\n${evaluationTables(groups, 'text')}`);
  }
  if (reports) console.log(`\nReward heads, accuracy % on held-out answers:\n${headsText(reports)}`);
  if (json !== null)
    writeWhole(
      json,
      `${JSON.stringify({ of: model === null ? { run } : { model }, split, filter, stages: results, heads: reports }, null, 1)}\n`,
    );
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
