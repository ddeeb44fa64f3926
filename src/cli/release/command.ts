// `npm run release`: packs the stages of a finished run as a released model, evaluates what was packed, writes its card.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../base/errors.ts';
import type { StageEvaluation } from '../../evaluation/index.ts';
import type { ReleasedModel } from '../../protocol/inspector.ts';
import { RELEASE_NAME, readReleaseList, releaseListText } from '../../releases/format.ts';
import { Releases } from '../../releases/releases.ts';
import { breachCount } from '../../terms/collapse.ts';
import { correctionNote } from '../../terms/origin.ts';
import { writeWhole } from '../../tooling/wholeFile.ts';
import { VOCABULARY } from '../../world/vocabulary.ts';
import { command, type Given } from '../command.ts';
import { type Change, largestChange } from '../evaluate/check.ts';
import { evaluateStages, released, reportHeadsOf } from '../evaluate/models.ts';
import { MODELS_FOLDER } from '../evaluate/releasedFolder.ts';
import { choiceFlag, pathFlag, textFlag } from '../flag.ts';
import { outputFolderFlag } from '../output.ts';
import { readRunBundle } from '../runBundle.ts';
import { releaseCard } from './card.ts';
import { type Packed, type Precision, pack } from './pack.ts';

const FLAGS = {
  from: pathFlag('FOLDER', 'A finished run that npm run train has made, or its bundle.zip.'),
  name: textFlag('NAME', 'E.g. qwen-mini; a model of that name is replaced.'),
  title: textFlag('TEXT', 'How the page calls it. Default: backbone and size.'),
  precision: choiceFlag(
    ['auto', 'F16', 'F32'],
    'auto measures both, and takes F16 where every figure stays inside the interval that it has with F32.',
    'auto',
  ),
  out: outputFolderFlag('FOLDER', 'The build copies the default into the page.', MODELS_FOLDER),
};

export const main = command({
  line: 'npm run release',
  about: `Packs the policy of a run after sft, stage1 and stage2 and its reward heads as safetensors, evaluates the packed
weights on the held-out suites, and writes files, card and the list that the page reads. The same run gives the same files.
--from and --name are needed. Exit code: 0 done, 1 failed, 2 not understood.`,
  flags: FLAGS,
  run: release,
});

async function release({ from, name, title, precision, out }: Given<typeof FLAGS>): Promise<undefined> {
  if (from === null || name === null)
    throw new UsageError(
      'A release needs a run and a name.',
      'Give --from FOLDER and --name NAME; --help says more.',
    );
  if (!RELEASE_NAME.test(name))
    throw new UsageError(
      `--name is "${name}".`,
      'Give up to 40 small letters, digits and hyphens, e.g. qwen-mini.',
    );
  const contents = readRunBundle(from);
  const list = readList(out);
  const chosen = await packAs(precision, (form) => pack(contents, name, title, form));
  const { packed, model } = chosen;
  for (const [file, bytes] of packed.files) writeWhole(join(out, file), bytes);
  const { run, metrics } = contents;
  const breaches = correctionNote([run.code]) === null ? breachCount(metrics, model.settings) : null;
  const notes = { ...chosen, precision: packed.precision, breaches };
  writeWhole(join(out, name, 'README.md'), releaseCard(model, notes));
  writeWhole(join(out, 'vocab.json'), vocabularyText());
  // Last, for it is what makes the page ask for the files.
  writeWhole(join(out, 'index.json'), releaseListText(withModel(list, model)));
  const total = [...packed.files.values()].reduce((sum, bytes) => sum + bytes.length, 0);
  console.log(
    `Wrote ${join(out, name)}: ${packed.files.size} files, ${packed.precision}, ${(total / 1e6).toFixed(2)} MB.`,
  );
}

/** The word of each token id, for readers of the weights (docs/FORMATS.md). */
export const vocabularyText = (): string => `${JSON.stringify(VOCABULARY)}\n`;

/** @throws PlaygroundError `bad-bundle` for a list that cannot be read: it is not written over. */
function readList(out: string): ReleasedModel[] {
  const file = join(out, 'index.json');
  return existsSync(file) ? readReleaseList(new Uint8Array(readFileSync(file))) : [];
}

/** A model of the same name is replaced. The backbone of the paper's main results comes first. */
export function withModel(list: readonly ReleasedModel[], model: ReleasedModel): ReleasedModel[] {
  const rank = ({ name }: ReleasedModel) => (name.startsWith('qwen') ? 0 : 1);
  return [...list.filter(({ name }) => name !== model.name), model].sort(
    (a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1),
  );
}

type Chosen = Measured & {
  packed: Packed;
  /** From F32 to F16; null where only one was measured. */
  change: Change | null;
};

async function packAs(
  precision: Precision | 'auto',
  packedAs: (precision: Precision) => Packed,
): Promise<Chosen> {
  const whole = packedAs(precision === 'auto' ? 'F32' : precision);
  const half = precision === 'auto' ? packedHalf(packedAs) : null;
  const before = await measured(whole);
  if (!half) return { packed: whole, change: null, ...before };
  const after = await measured(half);
  const change = largestChange(figuresOf(before), figuresOf(after));
  console.log(
    `From F32 to F16 no figure moved by more than ${change.points.toFixed(2)} points (${change.what}); ${change.outside.length} left their interval.`,
  );
  return change.outside.length === 0
    ? { packed: half, change, ...after }
    : { packed: whole, change, ...before };
}

/** Null where a weight is too large for it. */
function packedHalf(packedAs: (precision: Precision) => Packed): Packed | null {
  try {
    return packedAs('F16');
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.log(`${error.message} The release is stored as F32.`);
    return null;
  }
}

type Measured = {
  model: ReleasedModel;
  byAttack: readonly StageEvaluation[];
};

const figuresOf = ({ model }: Measured) => ({
  stages: model.stages,
  heads: model.heads.reports,
});

/** The figures of the packed files, read back as the page reads them. */
async function measured({ model, files, precision }: Packed): Promise<Measured> {
  console.log(`Evaluating the weights as ${precision} ...`);
  const list = new TextEncoder().encode(releaseListText([model]));
  const releases = new Releases(async (path) => (path === 'index.json' ? list : (files.get(path) ?? null)));
  const evaluated = released(releases, model);
  const evaluations = await evaluateStages(evaluated, null, { eval_split: 'test', eval_filter: 0 });
  const reports = await reportHeadsOf(evaluated);
  if (!reports) throw new Error('a packed model has heads');
  const stages = model.stages.map((stage) => {
    const { scores = [], greedy } = evaluations.find((each) => each.stage === stage.stage) ?? {};
    return { ...stage, scores, greedy };
  });
  const byAttack = evaluations.map((each) => ({ ...each, ...each.byAttack }));
  return { model: { ...model, stages, heads: { ...model.heads, reports } }, byAttack };
}
