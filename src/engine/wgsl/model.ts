// One model on the GPU executor: forward passes and updates. A step is two submits: forward, then backward with AdamW.

import type { ModelSpec } from '../../model/graph.ts';
import { initialParameters } from '../../model/spec.ts';
import { checkSize } from '../plan/lengths.ts';
import type { PlanKind } from '../plan/planShape.ts';
import type { EngineModel, OptimizerStep, OutputRows, SequenceBatch, StepReport } from '../types.ts';
import type { Gpu } from './gpu.ts';
import { ModelBuffers } from './modelBuffers.ts';
import { type Pass, Passes } from './passes.ts';
import { ModelPlans } from './plans.ts';
import { rollOut } from './rolloutLoop.ts';
import type { SharedBuffers } from './sharedBuffers.ts';
import { backwardAndStep, type LossWeights, setStep } from './update.ts';
import type { Variants } from './variants.ts';

export class WgslModel implements EngineModel {
  private readonly buffers: ModelBuffers;
  private readonly plans: ModelPlans;
  private readonly passes: Passes;
  private steps = 0;

  constructor(
    private readonly gpu: Gpu,
    shared: SharedBuffers,
    readonly spec: ModelSpec,
    seed: number,
    variants: Variants,
  ) {
    this.buffers = new ModelBuffers(gpu, shared, spec);
    this.plans = new ModelPlans(gpu, spec, this.buffers, variants);
    this.passes = new Passes(gpu, spec, this.buffers, this.plans);
    gpu.write(this.buffers.parameters, 0, initialParameters(spec.layout, seed));
  }

  readonly tokenOutputs: EngineModel['tokenOutputs'] = (batch, rows, targets, temperature) =>
    this.pass(batch, rows, targets, 'inference', (pass) => this.passes.tokenOutputs(pass, temperature));

  readonly logits: EngineModel['logits'] = (batch, rows) =>
    this.pass(batch, rows, null, 'inference', (pass) => this.passes.rawOutputs(pass, 'logits'));

  readonly classify: EngineModel['classify'] = (batch, rows) =>
    this.pass(batch, rows, null, 'inference', (pass) => this.passes.rawOutputs(pass, 'classes'));

  readonly imageAttention: EngineModel['imageAttention'] = (batch, rows) =>
    this.pass(batch, rows, null, 'inference', (pass) => this.passes.imageMass(pass));

  readonly updateTokens: EngineModel['updateTokens'] = (batch, rows, targets, temperature, weigh, step) =>
    this.pass(batch, rows, targets, 'training', async (pass) => {
      setStep(this.buffers, this.spec, step, this.steps + 1);
      const { logp, entropy, values } = weigh(await this.passes.tokenOutputs(pass, temperature));
      return this.finish(pass, { logp, entropy, gradients: values, of: 'value' }, step);
    });

  readonly updateClasses: EngineModel['updateClasses'] = (batch, rows, weigh, step) =>
    this.pass(batch, rows, null, 'training', async (pass) => {
      setStep(this.buffers, this.spec, step, this.steps + 1);
      const gradients = weigh(await this.passes.rawOutputs(pass, 'classes'));
      return this.finish(pass, { logp: null, entropy: null, gradients, of: 'classes' }, step);
    });

  readonly generate: EngineModel['generate'] = async (request) => {
    const { gpu, spec, buffers, plans, passes } = this;
    return gpu.exclusive(() => rollOut({ gpu, spec, buffers, plans, passes }, request));
  };

  readonly getParameters: EngineModel['getParameters'] = () => this.read(this.buffers.parameters);

  readonly getGradients: EngineModel['getGradients'] = () => this.read(this.buffers.gradients);

  readonly setParameters: EngineModel['setParameters'] = (parameters) =>
    this.gpu.exclusive(async () => {
      checkSize('the weights have', this.spec.layout.size, parameters);
      this.gpu.write(this.buffers.parameters, 0, parameters);
    });

  readonly getOptimizer: EngineModel['getOptimizer'] = async () => {
    const { first, second } = this.buffers;
    return { first: await this.read(first), second: await this.read(second), step: this.steps };
  };

  readonly setOptimizer: EngineModel['setOptimizer'] = ({ first, second, step }) =>
    this.gpu.exclusive(async () => {
      checkSize('the optimiser state has', this.spec.layout.size, first, second);
      this.gpu.write(this.buffers.first, 0, first);
      this.gpu.write(this.buffers.second, 0, second);
      this.steps = step;
    });

  dispose(): void {
    // What is under way ends first, for it still uses the buffers.
    void this.gpu
      .exclusive(async () => {
        this.plans.dispose();
        this.buffers.dispose();
      })
      .catch(() => undefined);
  }

  /** Work on one pass of a batch, alone on the device. */
  private pass<T>(
    batch: SequenceBatch,
    rows: OutputRows,
    targets: Int32Array | null,
    kind: PlanKind,
    work: (pass: Pass) => Promise<T>,
  ): Promise<T> {
    return this.gpu.exclusive(async () => work(await this.passes.begin(batch, rows, targets, kind)));
  }

  private async finish(pass: Pass, weights: LossWeights, step: OptimizerStep): Promise<StepReport> {
    const gradNorm = await backwardAndStep(this.gpu, this.buffers, pass, weights, step.freezeVision);
    if (Number.isFinite(gradNorm)) this.steps++;
    return { gradNorm };
  }

  private read(buffer: GPUBuffer): Promise<Float32Array> {
    return this.gpu.exclusive(async () => {
      const encoder = this.gpu.device.createCommandEncoder();
      const read = this.gpu.readBack(encoder, [{ buffer, offset: 0, length: this.spec.layout.size }]);
      this.gpu.submit(encoder);
      return read((bytes) => new Float32Array(bytes.slice(0)));
    });
  }
}
