// The second half of an update step on the GPU: loss weights up, backward pass and AdamW in one submit, the norm back.

import { power } from '../../base/exactMath.ts';
import type { ModelSpec } from '../../model/graph.ts';
import type { OptimizerStep } from '../types.ts';
import type { Gpu } from './gpu.ts';
import type { ModelBuffers } from './modelBuffers.ts';
import type { Pass } from './passes.ts';

/** Where the backward pass starts; null is zero. */
export type LossWeights = {
  /** dLoss/dlogp [rows]; null leaves the language-model head out. */
  logp: ArrayLike<number> | null;
  entropy: ArrayLike<number> | null;
  /** dLoss/doutput of the value head or the classifier. */
  gradients: ArrayLike<number> | null;
  of: 'value' | 'classes';
};

/** The words of AdamW for step number `t` (from 1); they go up with the next write of the step block. */
export function setStep(buffers: ModelBuffers, spec: ModelSpec, step: OptimizerStep, t: number): void {
  const { freezeVision, ...rates } = step;
  buffers.step.set({
    ...rates,
    correction1: 1 - power(rates.beta1, t),
    correction2: 1 - power(rates.beta2, t),
    firstBlock: freezeVision ? spec.layout.visionEnd / 64 : 0,
  });
}

/** The gradient's norm before clipping; where it is not finite, nothing has changed. */
export async function backwardAndStep(
  gpu: Gpu,
  buffers: ModelBuffers,
  { bound, outputs }: Pass,
  weights: LossWeights,
  freezeVision: boolean,
): Promise<number> {
  const { host, optimizer, program } = bound;
  if (!optimizer) throw new Error('this plan is not for training');
  const inputs = buffers.shared.get('inputs');
  const written = host.fillWeights(outputs, weights.logp, weights.entropy, weights.gradients);
  const from = host.layout.logpWeights;
  gpu.write(inputs, from, host.words.subarray(from), written);
  const encoder = gpu.device.createCommandEncoder();
  writeOutputGradients(encoder, buffers, bound, outputs, weights);
  const pass = encoder.beginComputePass();
  if (weights.logp) program.record(pass, 'headBackward', buffers.step);
  program.record(pass, 'textBackward', buffers.step);
  if (!freezeVision) program.record(pass, 'visionBackward', buffers.step);
  optimizer.record(pass);
  pass.end();
  const read = gpu.readBack(encoder, [optimizer.norm]);
  gpu.submit(encoder);
  return read((bytes) => new Float32Array(bytes, 0, 1)[0]);
}

/** The outputs' gradients: copied from the inputs, left to the head's kernel, or zero. */
function writeOutputGradients(
  encoder: GPUCommandEncoder,
  { shared }: ModelBuffers,
  { host, plan }: Pass['bound'],
  outputs: number,
  weights: LossWeights,
): void {
  const { graph } = plan;
  const [inputs, arena] = [shared.get('inputs'), shared.get('arena')];
  for (const which of ['logits', 'classes', 'value'] as const) {
    const tensor = graph[which];
    if (tensor === null) continue;
    const at = plan.gradients[tensor] * 4;
    const bytes = outputs * graph.tensors[tensor].cols * 4;
    if (which === weights.of && weights.gradients)
      encoder.copyBufferToBuffer(inputs, host.layout.gradients * 4, arena, at, bytes);
    else if (which !== 'logits' || weights.logp === null) encoder.clearBuffer(arena, at, bytes);
  }
}
