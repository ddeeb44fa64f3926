// Fitting the reward heads on labelled responses, and their report on held-out ones.

import { log } from '../base/exactMath.ts';
import { extent, softmax } from '../base/numbers.ts';
import type { EngineModel } from '../engine/types.ts';
import { headReport } from '../evaluation/index.ts';
import { RandomStream } from '../random/philox.ts';
import { HEAD_TABLE, HEADS, type HeadReport } from '../terms/heads.ts';
import { promptContent } from '../world/index.ts';
import type { Between, RunState, TrainingContext } from './context.ts';
import { DivergedError } from './guard.ts';
import { HEAD_SHARES, type HeadExample, headExamples } from './headExamples.ts';
import { HEAD_LOGITS, HEAD_SPANS, scoreParts } from './rewardModel.ts';
import { optimizerStep, stageRate } from './schedule.ts';
import type { HeadsStage } from './stages.ts';

/** @throws Error before the stage that makes it. */
export function headsOf({ rewardModel }: Pick<RunState, 'rewardModel'>): EngineModel {
  if (!rewardModel) throw new Error('the reward model is made when its stage begins');
  return rewardModel;
}

/** One step of cross-entropy over the heads that each example has a label for. */
export async function headsIteration(
  context: TrainingContext,
  state: RunState,
  stage: HeadsStage,
  iteration: number,
  examples: readonly HeadExample[],
): Promise<{ [name: string]: number }> {
  const { settings } = context;
  const model = headsOf(state);
  const stream = new RandomStream(settings.seed, `batch-${stage.name}`, iteration);
  const items = Array.from({ length: settings.heads_batch }, () => stream.pick(examples));
  const { batch, rows } = state.encoder.judged(items.map(({ prompt, answer }) => ({ prompt, part: answer })));
  const learningRate = stageRate(stage, iteration, settings);
  let loss = 0;
  let right = 0;
  let labelled = 0;
  const report = await model.updateClasses(
    batch,
    rows,
    (logits) => {
      const gradients = new Float32Array(logits.length);
      items.forEach(({ labels }, row) => {
        for (const head of HEADS) {
          const label = labels[head];
          if (label === undefined) continue;
          const { start, size } = HEAD_SPANS[head];
          const at = row * HEAD_LOGITS + start;
          const probabilities = softmax(logits.subarray(at, at + size));
          loss -= log(Math.max(probabilities[label], 1e-30)) / items.length;
          labelled++;
          if (probabilities.every((p) => p <= probabilities[label])) right++;
          for (let i = 0; i < size; i++) {
            gradients[at + i] = (probabilities[i] - (i === label ? 1 : 0)) / items.length;
          }
        }
      });
      return gradients;
    },
    optimizerStep(settings, learningRate, false),
  );
  if (!Number.isFinite(loss) || !Number.isFinite(report.gradNorm)) {
    throw new DivergedError(stage.name, iteration + 1, 'the loss of the reward heads is no number', 'heads');
  }
  return {
    'heads/loss': loss,
    'heads/train_accuracy': right / Math.max(1, labelled),
    grad_norm: report.gradNorm,
    learning_rate: learningRate,
  };
}

/** Examples on prompts of the split `heads_holdout`: equal for equal settings and policies. Null where `between` ended it. */
export async function heldOutExamples(
  context: Pick<TrainingContext, 'settings' | 'world'>,
  state: Pick<RunState, 'policy' | 'encoder'>,
  between: Between,
): Promise<HeadExample[] | null> {
  // Enough for the rarest head to have its `heads_holdout`; all count for every head that they have a label for.
  const count = Math.ceil(context.settings.heads_holdout / extent(HEAD_SHARES)[0]);
  return headExamples(context, state, 'heads_holdout', count, 0, between);
}

/** Accuracy, confusion and calibration of every head on held-out examples. */
export async function reportHeads(
  state: Pick<RunState, 'rewardModel' | 'encoder'>,
  examples: readonly HeadExample[],
): Promise<HeadReport[]> {
  const outputs = await scoreParts(
    headsOf(state),
    state.encoder,
    examples.map(({ prompt, answer, labels }) => ({
      prompt,
      part: answer,
      heads: HEADS.filter((head) => labels[head] !== undefined),
    })),
  );
  return HEADS.map((head) => {
    const rows = examples
      .map((example, index) => ({
        label: example.labels[head],
        output: outputs[index][head],
        key: `${promptContent(example.prompt)}|${example.answer.join(' ')}`,
      }))
      .filter((row) => row.label !== undefined);
    return headReport(
      head,
      HEAD_TABLE[head].classes,
      rows.map((row) => row.output ?? []),
      rows.map((row) => row.label ?? 0),
      rows.map((row) => row.key),
    );
  });
}
