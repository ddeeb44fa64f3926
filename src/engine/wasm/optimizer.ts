// AdamW on a model's flat buffers: gradients, both moments, the step counter, the global-norm clip.

import { power } from '../../base/exactMath.ts';
import type { ParameterLayout } from '../../model/spec.ts';
import type { OptimizerState, OptimizerStep, StepReport } from '../types.ts';
import type { Shared } from './boundPlans.ts';
import type { Region } from './memory.ts';

const SLICE_FIELDS = 3;

export class Optimizer {
  readonly gradients: Region;
  private readonly first: Region;
  private readonly second: Region;
  /** [offset, size rounded up to a multiple of 4, decays] per parameter slice, as the kernel wants it. */
  private readonly slices: Region;
  /** Slices of the vision part: the first ones. */
  private readonly visionSlices: number;
  private steps = 0;

  constructor(
    private readonly shared: Shared,
    private readonly layout: ParameterLayout,
    private readonly parameters: Region,
  ) {
    this.gradients = shared.memory.allocate(layout.size);
    this.first = shared.memory.allocate(layout.size);
    this.second = shared.memory.allocate(layout.size);
    this.slices = shared.memory.allocate(layout.slices.length * SLICE_FIELDS);
    this.visionSlices = layout.slices.filter(({ part }) => part === 'vision').length;
    const table = shared.memory.i32(this.slices);
    layout.slices.forEach(({ offset, size, decay }, i) => {
      table.set([offset, Math.ceil(size / 4) * 4, decay ? 1 : 0], i * SLICE_FIELDS);
    });
  }

  zeroGradients(): void {
    this.shared.kernels.zero(this.gradients.pointer, this.layout.size);
  }

  /** Clips by the global norm and steps; a gradient that is not finite changes nothing. */
  apply(step: OptimizerStep): StepReport {
    const { kernels } = this.shared;
    const { layout } = this;
    const gradNorm = Math.sqrt(kernels.sumSquares(this.gradients.pointer, layout.size));
    if (!Number.isFinite(gradNorm)) return { gradNorm };
    this.steps++;
    const { learningRate, beta1, beta2, epsilon, weightDecay, maxGradNorm, freezeVision } = step;
    const scale = gradNorm > maxGradNorm ? maxGradNorm / gradNorm : 1;
    const correction1 = 1 - power(beta1, this.steps);
    const correction2 = 1 - power(beta2, this.steps);
    const frozen = freezeVision ? this.visionSlices : 0;
    // One call for all slices: a number that is no integer costs an object at each call.
    kernels.adamw(
      this.parameters.pointer,
      this.gradients.pointer,
      this.first.pointer,
      this.second.pointer,
      this.slices.pointer + frozen * SLICE_FIELDS * 4,
      layout.slices.length - frozen,
      learningRate,
      beta1,
      beta2,
      epsilon,
      weightDecay,
      correction1,
      correction2,
      scale,
    );
    return { gradNorm };
  }

  /** Copies. */
  state(): OptimizerState {
    const { memory } = this.shared;
    return {
      first: memory.f32(this.first).slice(),
      second: memory.f32(this.second).slice(),
      step: this.steps,
    };
  }

  restore(state: OptimizerState): void {
    this.shared.memory.f32(this.first).set(state.first);
    this.shared.memory.f32(this.second).set(state.second);
    this.steps = state.step;
  }

  dispose(): void {
    const { gradients, first, second, slices } = this;
    for (const region of [gradients, first, second, slices]) this.shared.memory.release(region);
  }
}
