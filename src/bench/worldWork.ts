// The batches of the preset `quick`, as its pipeline makes them: prompts and demonstrations of the world, with and without a picture.

import { resolvePreset } from '../config/index.ts';
import type { GenerateRequest } from '../engine/types.ts';
import type { ModelSpec } from '../model/graph.ts';
import { RandomStream } from '../random/philox.ts';
import { SequenceEncoder } from '../training/sequences.ts';
import { drawLabel, imperfectionOf, sftExample } from '../training/sft.ts';
import { behavioursFor, type Prompt, splitResponse, worldOf } from '../world/index.ts';
import {
  type BenchSize,
  CLASSES,
  FixedWork,
  FREE_SAMPLES,
  GROUP_SIZE,
  type Iteration,
  type Judged,
  policySpec,
  type Scored,
  SEED,
  type Work,
} from './task.ts';

/** Supervised and classifier steps of one run: batches differ, so a run goes over several. */
const STEPS = 4;
/** Sequences of a forward pass without an update. */
const FORWARD_BATCH = 64;

export class WorldWork implements Work {
  readonly sft: readonly Scored[];
  readonly heads: readonly Judged[];
  private readonly all: Iteration;
  private readonly free: Omit<GenerateRequest, 'rollout'>;

  /** @param samples sequences of a rollout. */
  constructor(
    readonly spec: ModelSpec,
    samples: number,
  ) {
    const { settings } = resolvePreset('quick');
    const world = worldOf(settings);
    const encoder = new SequenceEncoder(world, spec);
    const stream = new RandomStream(SEED, 'bench-world');
    const list = <T>(length: number, make: (index: number) => T) => Array.from({ length }, (_, i) => make(i));
    const judged = (items: { prompt: Prompt; response: readonly number[] }[]): Judged => ({
      ...encoder.judged(
        items.map(({ prompt, response }) => ({ prompt, part: splitResponse(response).answer })),
      ),
      labels: Int32Array.from(items, (_, b) => b % CLASSES),
    });
    this.sft = list(STEPS, () =>
      encoder.responses(
        list(settings.sft_batch, () => sftExample(world, settings, stream.int(settings.sft_examples))),
      ),
    );
    this.heads = list(STEPS, () =>
      judged(
        list(settings.heads_batch, () => {
          const index = stream.int(settings.heads_examples);
          const prompt = world.prompt('heads', drawLabel(settings.stage2_mix, stream), index);
          return { prompt, response: world.scripted(prompt, stream.pick(behavioursFor(prompt)), index) };
        }),
      ),
    );
    const prompts = list(samples / GROUP_SIZE, (index) =>
      world.prompt('train', drawLabel(settings.stage2_mix, stream), index),
    );
    const items = prompts.flatMap((prompt) =>
      list(GROUP_SIZE, (draw) => ({
        prompt,
        response: world.demonstration(prompt, imperfectionOf(settings), draw),
      })),
    );
    const parts = (size: number) => list(samples / size, (i) => items.slice(i * size, (i + 1) * size));
    this.all = {
      scoring: parts(FORWARD_BATCH).map(judged),
      reference: parts(FORWARD_BATCH).map((part) => encoder.responses(part)),
      update: parts(samples / settings.minibatches).map((part) => encoder.responses(part)),
      // Untrained weights never end a response: theirs have no lengths to speak of.
      sampled: false,
    };
    this.free = {
      ...FREE_SAMPLES,
      prompts: encoder.prompts(prompts),
      maxNewTokens: settings.max_response_tokens,
    };
  }

  request(rollout: number): GenerateRequest {
    return { ...this.free, rollout };
  }

  iteration(): Iteration {
    return this.all;
  }
}

/** The batches of a size. */
export function workOf({ model, batch, world }: BenchSize): Work {
  const spec = policySpec(model);
  return world ? new WorldWork(spec, batch) : new FixedWork(spec, batch);
}
