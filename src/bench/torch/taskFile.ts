// What PyTorch is given: the same weights and the same batches as the other contestants, as one safetensors file.

import { Draws } from '../../engine/draws.ts';
import type { SequenceBatch } from '../../engine/types.ts';
import type { ModelSpec } from '../../model/graph.ts';
import { initialParameters } from '../../model/spec.ts';
import { encodeSafetensors } from '../../storage/index.ts';
import { describeModel } from '../../terms/model.ts';
import {
  ADAM,
  GROUP_SIZE,
  type Judged,
  KL_WEIGHT,
  MINIBATCHES,
  RATIO_CLIP,
  type Scored,
  SEED,
  scorerSpec,
  type Work,
} from '../task.ts';

type Tensors = Parameters<typeof encodeSafetensors>[0];

/** The file, and what of the task is no tensor. */
export function taskFile(work: Work) {
  const scorer = scorerSpec(work.spec.config.size);
  const { prompts, maxNewTokens } = work.request(0);
  // Batches of sampled responses are made of the responses.
  const { sampled, ...parts } = work.iteration(new Int32Array(prompts.batch * GROUP_SIZE * maxNewTokens));
  const batches = {
    sft: work.sft,
    heads: work.heads,
    ...(sampled ? { scoring: [], reference: [], update: [] } : parts),
  };
  const tensors: Tensors = {
    ...weights('policy.', work.spec),
    ...weights('scorer.', scorer),
    ...named(work.spec, 'prompts.', { batch: prompts }),
    ...Object.assign(
      {},
      ...Object.entries(batches).flatMap(([name, list]) =>
        list.map((batch: Scored | Judged, i: number) => named(work.spec, `${name}.${i}.`, batch)),
      ),
    ),
  };
  const counts = Object.fromEntries(Object.entries(batches).map(([name, list]) => [name, list.length]));
  const task = {
    policyConfig: describeModel(work.spec.config),
    scorerConfig: describeModel(scorer.config),
    ...{ adam: ADAM, groupSize: GROUP_SIZE, minibatches: MINIBATCHES, maxNewTokens, sampled, counts },
    ...{ ratioClip: RATIO_CLIP, klWeight: KL_WEIGHT },
  };
  return { bytes: encodeSafetensors(tensors), task };
}

/** The numbers that a rollout's tokens are drawn with, [new tokens, samples]: the same as everybody's. */
export function uniformsOf(work: Work, round: number): number[] {
  const request = work.request(round);
  const samples = request.prompts.batch * request.groupSize;
  const draws = new Draws(request, samples, 1);
  const uniforms: number[] = [];
  for (let position = 0; position < request.maxNewTokens; position++) {
    for (let s = 0; s < samples; s++) {
      uniforms.push(draws.uniform(s));
      draws.take(s, 0, 0);
    }
  }
  return uniforms;
}

function weights(prefix: string, { layout }: ModelSpec): Tensors {
  const parameters = initialParameters(layout, SEED);
  return Object.fromEntries(
    layout.slices.map(({ name, offset, size, shape }) => [
      prefix + name,
      { shape, data: parameters.subarray(offset, offset + size) },
    ]),
  );
}

function named(
  { imageTokens, patchValues }: ModelSpec,
  prefix: string,
  { batch, ...lists }: { batch: SequenceBatch } & Partial<Scored & Judged>,
): Tensors {
  const { time, tokens, lengths, hasImage, patches } = batch;
  const items = batch.batch;
  const tensors = { lengths, hasImage, ...lists };
  return {
    [`${prefix}tokens`]: { shape: [items, time], data: tokens },
    ...(patches && {
      [`${prefix}patches`]: { shape: [items, imageTokens, patchValues], data: patches },
    }),
    ...Object.fromEntries(
      Object.entries(tensors).map(([name, data]) => [prefix + name, { shape: [data.length], data }]),
    ),
  };
}
