// One model on the GPU executor: forward passes and updates. A step is two submits: forward, then backward with AdamW.

import type { ModelSpec } from '../../model/graph.ts';
import { initialParameters } from '../../model/spec.ts';
import { checkSize, paddedLength } from '../plan/lengths.ts';
import type {
  EngineModel,
  GenerateRequest,
  Generation,
  OptimizerState,
  OptimizerStep,
  OutputRows,
  SequenceBatch,
  StepReport,
  TokenOutputs,
  TokenWeights,
} from '../types.ts';
import type { Gpu } from './gpu.ts';
import { ModelBuffers } from './modelBuffers.ts';
import { Passes } from './passes.ts';
import { type FullPlan, ModelPlans } from './plans.ts';
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

  tokenOutputs(
    batch: SequenceBatch,
    rows: OutputRows,
    targets: Int32Array,
    temperature: number,
  ): Promise<TokenOutputs> {
    return this.gpu.exclusive(async () => {
      const pass = await this.passes.begin(batch, rows, targets, 'inference');
      return this.passes.tokenOutputs(pass, temperature);
    });
  }

  logits(batch: SequenceBatch, rows: OutputRows): Promise<Float32Array> {
    return this.outputs(batch, rows, 'logits');
  }

  classify(batch: SequenceBatch, rows: OutputRows): Promise<Float32Array> {
    return this.outputs(batch, rows, 'classes');
  }

  imageAttention(batch: SequenceBatch, rows: OutputRows): Promise<Float32Array> {
    return this.gpu.exclusive(async () =>
      this.passes.imageMass(await this.passes.begin(batch, rows, null, 'inference')),
    );
  }

  updateTokens(
    batch: SequenceBatch,
    rows: OutputRows,
    targets: Int32Array,
    temperature: number,
    weigh: (outputs: TokenOutputs) => TokenWeights,
    step: OptimizerStep,
  ): Promise<StepReport> {
    return this.gpu.exclusive(async () => {
      const pass = await this.passes.begin(batch, rows, targets, 'training');
      setStep(this.buffers, this.spec, step, this.steps + 1);
      const { logp, entropy, values } = weigh(await this.passes.tokenOutputs(pass, temperature));
      return this.finish(pass.bound, { logp, entropy, gradients: values, of: 'value' }, step);
    });
  }

  updateClasses(
    batch: SequenceBatch,
    rows: OutputRows,
    weigh: (logits: Float32Array) => Float32Array,
    step: OptimizerStep,
  ): Promise<StepReport> {
    return this.gpu.exclusive(async () => {
      const pass = await this.passes.begin(batch, rows, null, 'training');
      setStep(this.buffers, this.spec, step, this.steps + 1);
      this.buffers.step.write();
      const gradients = weigh(await this.passes.rawOutputs(pass, 'classes'));
      return this.finish(pass.bound, { logp: null, entropy: null, gradients, of: 'classes' }, step);
    });
  }

  generate(request: GenerateRequest): Promise<Generation> {
    const time = paddedLength(request.prompts.time, request.maxNewTokens);
    return this.gpu.exclusive(() =>
      rollOut({ gpu: this.gpu, spec: this.spec, buffers: this.buffers, plans: this.plans }, request, time),
    );
  }

  getParameters(): Promise<Float32Array> {
    return this.read(this.buffers.parameters);
  }

  getGradients(): Promise<Float32Array> {
    return this.read(this.buffers.gradients);
  }

  setParameters(parameters: Float32Array): Promise<void> {
    return this.gpu.exclusive(async () => {
      checkSize('the weights have', this.spec.layout.size, parameters);
      this.gpu.write(this.buffers.parameters, 0, parameters);
    });
  }

  async getOptimizer(): Promise<OptimizerState> {
    const { first, second } = this.buffers;
    return { first: await this.read(first), second: await this.read(second), step: this.steps };
  }

  setOptimizer(state: OptimizerState): Promise<void> {
    return this.gpu.exclusive(async () => {
      checkSize('the optimiser state has', this.spec.layout.size, state.first, state.second);
      this.gpu.write(this.buffers.first, 0, state.first);
      this.gpu.write(this.buffers.second, 0, state.second);
      this.steps = state.step;
    });
  }

  dispose(): void {
    // What is under way ends first, for it still uses the buffers.
    void this.gpu
      .exclusive(async () => {
        this.plans.dispose();
        this.buffers.dispose();
      })
      .catch(() => undefined);
  }

  private outputs(
    batch: SequenceBatch,
    rows: OutputRows,
    which: 'logits' | 'classes',
  ): Promise<Float32Array> {
    return this.gpu.exclusive(async () =>
      this.passes.rawOutputs(await this.passes.begin(batch, rows, null, 'inference'), which),
    );
  }

  private async finish(bound: FullPlan, weights: LossWeights, step: OptimizerStep): Promise<StepReport> {
    const gradNorm = await backwardAndStep(this.gpu, this.buffers, bound, weights, step.freezeVision);
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
