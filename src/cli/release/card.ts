// The card of a released model, in Markdown: data, recipe, seed, commands, evaluation with intervals, limits. Pure text.

import { percent } from '../../base/format.ts';
import {
  changedSettings,
  changeTables,
  claimTexts,
  collapseText,
  evaluationTables,
  formatScoreCell,
  headsTable,
  type StageEvaluation,
} from '../../evaluation/index.ts';
import type { ReleasedModel } from '../../protocol/inspector.ts';
import { HEAD_PROMPTS } from '../../terms/heads.ts';
import { codeText, correctionNote, engineText } from '../../terms/origin.ts';
import { findScore } from '../../terms/scores.ts';
import { EFFECTIVE_N, SUITE_TABLE, SUITES } from '../../terms/suites.ts';
import type { Change } from '../evaluate/check.ts';
import type { Precision } from './pack.ts';

export type CardNotes = {
  precision: Precision;
  /** What storing the weights as F16 did to the figures; null where that was not measured. */
  change: Change | null;
  /** RL iterations of the run outside of the guard's bounds; null where the run is of before 0.3.0. */
  breaches: number | null;
  /** Attack success by family, per stage. */
  byAttack: readonly StageEvaluation[];
};

const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(0)} kB`;

const WHAT: { readonly [stage: string]: string } = {
  sft: 'policy after supervised fine-tuning, flawed on purpose',
  stage1: 'policy after RL stage 1 (general capability)',
  stage2: 'policy after RL stage 2 (safety, values and general tasks together)',
};

export function releaseCard(model: ReleasedModel, notes: CardNotes): string {
  const evaluations = model.stages.map(
    ({ stage, scores, greedy }): StageEvaluation => ({ stage, step: 0, scores, greedy }),
  );
  return [
    '---',
    'license: apache-2.0',
    '---',
    '',
    `# ${model.name}`,
    '',
    `A policy of the small world of COSMO Playground (${model.title}) after each stage of COSMO-RL, and the reward heads that it was`,
    'trained on. Written by `npm run release`; do not edit.',
    ...[
      fileLines(model),
      precisionLines(notes),
      dataLines(),
      recipeLines(model, notes),
      evaluationLines(model, evaluations),
      ['Attack success by family of attack:', '', evaluationTables(notes.byAttack, 'markdown')],
      headLines(model),
      limitLines(evaluations.at(-1)),
    ].flatMap((lines) => ['', ...lines]),
    '',
    '## Licence',
    '',
    'Apache-2.0, as the project: weights, this card, and the data, which the code generates.',
    '',
  ].join('\n');
}

function fileLines({ stages, heads }: ReleasedModel): string[] {
  const row = (
    { file, bytes, sha256 }: ReleasedModel['heads'] | ReleasedModel['stages'][number],
    what: string,
  ) => `| ${file.split('/')[1]} | ${what} | ${kilobytes(bytes)} | \`${sha256}\` |`;
  return [
    '| file | what | size | SHA-256 |',
    '| --- | --- | ---: | --- |',
    ...stages.map((entry) => row(entry, WHAT[entry.stage] ?? `policy after ${entry.stage}`)),
    row(heads, 'four reward heads on one trunk: Safety, Value, Knowledge, Helpful'),
  ];
}

function precisionLines({ precision, change }: CardNotes): string[] {
  const form = `Weights are safetensors of type ${precision}.`;
  if (!change) return [form];
  const moved = `the figure that moved most from F32 to F16 is ${change.what}, by ${change.points.toFixed(2)} points`;
  if (precision === 'F16')
    return [`${form} Measured: ${moved}; every figure stayed inside its 95 % interval.`];
  return [
    `${form} F16 was measured too: ${moved}; ${change.outside.length} figures left their 95 % interval.`,
  ];
}

function dataLines(): string[] {
  return [
    '## Data',
    '',
    'Generated from the seed by the world of this project (docs/WORLD.md): pictures of shapes, digits, icons and words, and questions',
    'and requests about them. There is no personal data and no text or picture by anybody in it. The demonstrations of SFT are flawed on',
    'purpose: part of the harmful requests is complied with, part of the harmless ones refused, part of the reasoning wrong. The reward',
    `heads learnt from responses that the oracle of the world labelled. ${HEAD_PROMPTS}`,
    'The policy was trained on the heads and on rule checks of the',
    'prompt, never on the oracle. No pair of words and picture occurs in two of training, validation and test. Words alone do:',
    `of the test prompts of ${SUITES.map((suite) => `\`${suite}\` ${percent(SUITE_TABLE[suite].wordsInTraining, 0)} %`).join(', ')}`,
    'have words that stand in training with another picture.',
  ];
}

function recipeLines(model: ReleasedModel, { breaches }: CardNotes): string[] {
  const { settings, preset, seed, code, engine } = model;
  const note = correctionNote([code]);
  return [
    '## Recipe',
    '',
    ...(note === null ? [] : [`**${note}**`, '']),
    `SFT with thoughts, four reward heads, then RL in two stages (${settings.stages.join(', ')}) with the loss \`${settings.loss_type}\` and the`,
    `reward recipe \`${settings.recipe}\`. Preset \`${preset || 'none'}\`, seed ${seed}, version ${codeText(code)} of the program, trained on ${engineText(engine)}.`,
    'The command that trained it:',
    '',
    '```sh',
    model.trainedBy,
    '```',
    '',
    changedSettings(settings, 'setting that differs from the default') || 'Every setting is the default.',
    '',
    `Collapse in training: ${collapseText(breaches, settings)}.`,
  ];
}

function evaluationLines(model: ReleasedModel, evaluations: readonly StageEvaluation[]): string[] {
  const [first, last] = [evaluations[0], evaluations.at(-1)];
  return [
    '## Evaluation',
    '',
    'Of these files, not of the run that they come from: on held-out prompts, sampled and greedy, the oracle judging;',
    `percent with the Wilson 95 % interval over prompts. ${EFFECTIVE_N}`,
    'The command that makes the figures again and holds them to the list:',
    '',
    '```sh',
    model.command,
    '```',
    '',
    evaluationTables(evaluations, 'markdown'),
    ...(first && last && first !== last
      ? ['', `From ${first.stage} to ${last.stage}:`, '', changeTables(first, last)]
      : []),
    '',
    'What the paper claims, held to these figures:',
    '',
    ...claimTexts(evaluations).map((text) => `- ${text}`),
  ];
}

function headLines({ heads }: ReleasedModel): string[] {
  return [
    '## Reward heads',
    '',
    'Of the released heads, on held-out responses from scripts, near misses and the released SFT policy:',
    '',
    headsTable(heads.reports),
  ];
}

function limitLines(last: StageEvaluation | undefined): string[] {
  const shown = (suite: string, metric: string) => {
    const score = findScore(last?.scores ?? [], suite, metric);
    return score ? `${formatScoreCell(score)} %` : 'not measured';
  };
  return [
    '## Limits',
    '',
    '- A toy: it knows some two hundred words and the pictures of its own world, and says nothing about the safety of any real model.',
    `- It is not safe even there. After the last stage ${shown('jailbreak-seen', 'attack_success')} of attacks of known families succeed, and ${shown('jailbreak-heldout', 'attack_success')} of`,
    '  attacks of families that it was never trained on.',
    `- On pictures with a larger grid than it was trained on it answers ${shown('reasoning-large', 'accuracy')} of questions right.`,
    '- The checkpoint after SFT complies with harmful requests on purpose: it shows where training begins.',
    '- The intervals are over prompts, for this one seed; other seeds give other figures, most of all on held-out attacks.',
    '- The heads are right on responses like those they learnt from; a policy that is trained on them for long finds where they err.',
  ];
}
