// The language-model head on a bound plan: log-probs and entropies forward, the loss weights backward.

import type { TokenWeights } from '../types.ts';
import type { Bound, Shared } from './boundPlans.ts';

/** Fills `logp` and `entropy` of the plan's outputs; the logits must be there. @throws Error without the head. */
export function headForward(shared: Shared, bound: Bound, targets: Int32Array, temperature: number): void {
  const { graph, inputs, values } = bound.plan;
  if (graph.logits === null) throw new Error('this model has no language-model head');
  bound.views.targets.set(targets);
  const arena = shared.arena.region.pointer;
  shared.kernels.headForward(
    arena + values[graph.logits] * 4,
    arena + inputs.targets * 4,
    targets.length,
    graph.tensors[graph.logits].cols,
    1 / temperature,
    arena + inputs.logp * 4,
    arena + inputs.entropy * 4,
    arena + inputs.logSumExp * 4,
  );
}

/** Writes the gradient of the logits from the loss weights, after `headForward` with the same temperature. */
export function headBackward(shared: Shared, bound: Bound, weights: TokenWeights, temperature: number): void {
  const { gradients, graph, inputs, values } = bound.plan;
  if (graph.logits === null) throw new Error('this model has no language-model head');
  bound.views.logpWeights.set(weights.logp);
  setGradients(bound.views.entropyWeights, weights.entropy);
  const arena = shared.arena.region.pointer;
  shared.kernels.headBackward(
    arena + values[graph.logits] * 4,
    arena + inputs.targets * 4,
    arena + inputs.logSumExp * 4,
    arena + inputs.entropy * 4,
    arena + inputs.logpWeights * 4,
    arena + inputs.entropyWeights * 4,
    bound.program.active.outputs,
    graph.tensors[graph.logits].cols,
    1 / temperature,
    arena + gradients[graph.logits] * 4,
  );
}

/** Sets where the backward pass starts. `view` is null where there is nothing to set; `gradients` null are zeros. */
export function setGradients(view: Float32Array | null, gradients: ArrayLike<number> | null): void {
  if (view === null) return;
  if (gradients) view.set(gradients);
  else view.fill(0);
}
