// Chain-of-thought SFT: cross-entropy on imperfect demonstrations, response tokens only.

import type { Settings } from '../config/index.ts';
import { RandomStream } from '../random/philox.ts';
import type { Label } from '../terms/labels.ts';
import type { Imperfection, Prompt, World } from '../world/index.ts';
import type { RunState, TrainingContext } from './context.ts';
import { DivergedError } from './guard.ts';
import { optimizerStep, stageRate } from './schedule.ts';
import type { SftStage } from './stages.ts';

/** The shares of imperfect demonstrations that the settings ask for. */
export function imperfectionOf(settings: Settings): Imperfection {
  return {
    harmfulCompliance: settings.sft_harmful_compliance,
    jailbreakCompliance: settings.sft_jailbreak_compliance,
    overRefusal: settings.sft_over_refusal,
    reasoningError: settings.sft_reasoning_error,
    valueError: settings.sft_value_error,
    instructionError: settings.sft_instruction_error,
    carelessLook: settings.sft_careless_look,
    formSlip: settings.sft_form_slip,
    byKind: settings.sft_by_kind,
  };
}

/** Draws a label in proportion to a mix. */
export function drawLabel(mix: Settings['sft_mix'], stream: RandomStream): Label {
  const labels = Object.keys(mix) as Label[];
  return labels[stream.weighted(labels.map((label) => mix[label] ?? 0))];
}

/** Demonstration number `index` of the run's SFT set. */
export function sftExample(
  world: World,
  settings: Settings,
  index: number,
): { prompt: Prompt; response: number[] } {
  const stream = new RandomStream(settings.seed, 'sft-example', index);
  const prompt = world.prompt('train', drawLabel(settings.sft_mix, stream), index);
  return { prompt, response: world.demonstration(prompt, imperfectionOf(settings), index) };
}

/** One SFT step; returns its metrics. @throws DivergedError on a loss that is no number. */
export async function sftIteration(
  context: TrainingContext,
  state: RunState,
  stage: SftStage,
  iteration: number,
): Promise<{ [name: string]: number }> {
  const { settings, world } = context;
  const stream = new RandomStream(settings.seed, `batch-${stage.name}`, iteration);
  const items = Array.from({ length: settings.sft_batch }, () =>
    sftExample(world, settings, stream.int(settings.sft_examples)),
  );
  const { batch, rows, targets } = state.encoder.responses(items);
  const learningRate = stageRate(stage, iteration, settings);
  let loss = 0;
  let entropy = 0;
  const report = await state.policy.updateTokens(
    batch,
    rows,
    targets,
    1,
    (outputs) => {
      for (let r = 0; r < rows.length; r++) {
        loss -= outputs.logp[r] / rows.length;
        entropy += outputs.entropy[r] / rows.length;
      }
      return { logp: new Float32Array(rows.length).fill(-1 / rows.length), entropy: null, values: null };
    },
    optimizerStep(settings, learningRate, false),
  );
  if (!Number.isFinite(loss) || !Number.isFinite(report.gradNorm)) {
    throw new DivergedError(stage.name, iteration + 1, 'the SFT loss is no number', 'sft');
  }
  return { 'sft/loss': loss, entropy, grad_norm: report.gradNorm, learning_rate: learningRate };
}
