// One model on the GPU executor: forward passes and updates. A step is two submits: forward, then backward with AdamW.

import { imageTokensOf, type ModelSpec } from '../../model/graph.ts';
import { initialParameters, MAX_TEXT } from '../../model/spec.ts';
import type { PlanKind } from '../plan/plan.ts';
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
import type { Gpu, ReadPart } from './gpu.ts';
import { ModelBuffers } from './modelBuffers.ts';
import { type FullPlan, ModelPlans } from './plans.ts';
import { rollOut } from './rolloutLoop.ts';
import type { SharedBuffers } from './sharedBuffers.ts';
import type { Variants } from './variants.ts';

/** A pass that is being recorded. */
type Pass = { bound: FullPlan; encoder: GPUCommandEncoder };

export class WgslModel implements EngineModel {
  private readonly buffers: ModelBuffers;
  private readonly plans: ModelPlans;
  private steps = 0;

  constructor(
    private readonly gpu: Gpu,
    private readonly shared: SharedBuffers,
    readonly spec: ModelSpec,
    seed: number,
    variants: Variants,
  ) {
    this.buffers = new ModelBuffers(gpu, shared, spec);
    this.plans = new ModelPlans(gpu, spec, this.buffers, variants);
    gpu.write(this.buffers.parameters, 0, initialParameters(spec.layout, seed));
  }

  tokenOutputs(
    batch: SequenceBatch,
    rows: OutputRows,
    targets: Int32Array,
    temperature: number,
  ): Promise<TokenOutputs> {
    return this.gpu.exclusive(async () => {
      const pass = await this.begin(batch, rows, targets, 'inference');
      return this.headOutputs(pass, temperature);
    });
  }

  logits(batch: SequenceBatch, rows: OutputRows): Promise<Float32Array> {
    return this.outputs(batch, rows, 'logits');
  }

  classify(batch: SequenceBatch, rows: OutputRows): Promise<Float32Array> {
    return this.outputs(batch, rows, 'classes');
  }

  imageAttention(batch: SequenceBatch, rows: OutputRows): Promise<Float32Array> {
    return this.gpu.exclusive(async () => {
      const { bound, encoder } = await this.begin(batch, rows, null, 'inference');
      this.run({ bound, encoder }, [bound.lists.mass]);
      const { plan } = bound;
      const length = plan.shape.batch * (imageTokensOf(this.spec.config) + plan.shape.time);
      const read = this.gpu.readBack(encoder, [this.arena(plan.inputs.imageMass, length)]);
      this.gpu.submit(encoder);
      const { ints, layout } = bound.host;
      return read((bytes) => {
        const mass = new Float32Array(bytes);
        return Float32Array.from(rows, (_, r) => mass[ints[layout.rowIndex + r]]);
      });
    });
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
      const pass = await this.begin(batch, rows, targets, 'training');
      this.setStep(step);
      const outputs = await this.headOutputs(pass, temperature);
      const { logp, entropy, values } = weigh(outputs);
      return this.finish(pass.bound, { logp, entropy, slopes: values, of: 'value' }, step);
    });
  }

  updateClasses(
    batch: SequenceBatch,
    rows: OutputRows,
    weigh: (logits: Float32Array) => Float32Array,
    step: OptimizerStep,
  ): Promise<StepReport> {
    return this.gpu.exclusive(async () => {
      const { bound, encoder } = await this.begin(batch, rows, null, 'training');
      this.setStep(step);
      this.buffers.step.write();
      const slopes = weigh(await this.readOutputs({ bound, encoder }, 'classes', 'classifier'));
      return this.finish(bound, { logp: null, entropy: null, slopes, of: 'classes' }, step);
    });
  }

  generate(request: GenerateRequest): Promise<Generation> {
    const time = bucket(request.prompts.time);
    checkLength(time + request.maxNewTokens);
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
    const { size } = this.spec.layout;
    return this.gpu.exclusive(async () => {
      if (parameters.length !== size) {
        throw new RangeError(`the weights have ${parameters.length} values, the model ${size}`);
      }
      this.gpu.write(this.buffers.parameters, 0, parameters);
    });
  }

  async getOptimizer(): Promise<OptimizerState> {
    const { first, second } = this.buffers;
    return { first: await this.read(first), second: await this.read(second), step: this.steps };
  }

  setOptimizer(state: OptimizerState): Promise<void> {
    return this.gpu.exclusive(async () => {
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

  /** Uploads a batch and opens an encoder with the pictures in place. */
  private async begin(
    batch: SequenceBatch,
    rows: OutputRows,
    targets: Int32Array | null,
    kind: PlanKind,
  ): Promise<Pass> {
    const time = bucket(batch.time);
    checkLength(time);
    const bound = await this.plans.full({ batch: batch.batch, time, outputs: rows.length }, kind, null);
    const { host, plan } = bound;
    host.fill(batch, rows, targets, kind === 'training');
    this.shared.ensure('arena', plan.size);
    this.shared.ensure('partials', bound.partialsSize);
    this.shared.ensure('inputs', host.layout.size);
    bound.program.bind(this.buffers.bound, this.buffers.generation);
    bound.optimizer?.bind();
    this.gpu.write(this.shared.get('inputs'), 0, host.words, host.layout.end);
    const encoder = this.gpu.device.createCommandEncoder();
    host.placePictures(encoder, this.shared.get('inputs'), this.shared.get('arena'));
    return { bound, encoder };
  }

  private run({ bound, encoder }: Pass, lists: readonly number[]): void {
    const pass = encoder.beginComputePass();
    for (const list of lists) bound.program.record(pass, bound.program.lists[list]);
    pass.end();
  }

  private arena(offset: number, length: number): ReadPart {
    return { buffer: this.shared.get('arena'), offset, length };
  }

  private async headOutputs(pass: Pass, temperature: number): Promise<TokenOutputs> {
    const { plan, lists } = pass.bound;
    const { value, logits } = plan.graph;
    if (logits === null) throw new Error('this model has no language-model head');
    this.buffers.step.set('inverseTemperature', 1 / temperature);
    this.buffers.step.write();
    this.run(pass, [lists.forward, lists.head]);
    const n = plan.shape.outputs;
    const parts = [this.arena(plan.inputs.logp, n), this.arena(plan.inputs.entropy, n)];
    if (value !== null) parts.push(this.arena(plan.values[value], n));
    const read = this.gpu.readBack(pass.encoder, parts);
    this.gpu.submit(pass.encoder);
    return read((bytes) => ({
      logp: new Float32Array(bytes.slice(0, n * 4)),
      entropy: new Float32Array(bytes.slice(n * 4, n * 8)),
      values: value === null ? null : new Float32Array(bytes.slice(n * 8, n * 12)),
    }));
  }

  private outputs(
    batch: SequenceBatch,
    rows: OutputRows,
    which: 'logits' | 'classes',
  ): Promise<Float32Array> {
    return this.gpu.exclusive(async () =>
      this.readOutputs(await this.begin(batch, rows, null, 'inference'), which, which),
    );
  }

  private async readOutputs(pass: Pass, which: 'logits' | 'classes', name: string): Promise<Float32Array> {
    const { plan, lists } = pass.bound;
    const tensor = plan.graph[which];
    if (tensor === null) throw new Error(`this model has no ${name}`);
    this.run(pass, [lists.forward]);
    const length = plan.rows[tensor] * plan.graph.tensors[tensor].cols;
    const read = this.gpu.readBack(pass.encoder, [this.arena(plan.values[tensor], length)]);
    this.gpu.submit(pass.encoder);
    return read((bytes) => new Float32Array(bytes.slice(0)));
  }

  /** The words of AdamW for the step that may come. */
  private setStep(step: OptimizerStep): void {
    const block = this.buffers.step;
    const t = this.steps + 1;
    block.set('learningRate', step.learningRate);
    block.set('beta1', step.beta1);
    block.set('beta2', step.beta2);
    block.set('epsilon', step.epsilon);
    block.set('weightDecay', step.weightDecay);
    block.set('maxGradNorm', step.maxGradNorm);
    block.set('correction1', 1 - step.beta1 ** t);
    block.set('correction2', 1 - step.beta2 ** t);
    block.set('firstBlock', step.freezeVision ? this.spec.layout.visionEnd / 64 : 0);
  }

  /** Backward pass from the loss weights, then AdamW, in one submit. */
  private async finish(
    bound: FullPlan,
    weights: {
      logp: ArrayLike<number> | null;
      entropy: ArrayLike<number> | null;
      slopes: ArrayLike<number> | null;
      of: 'value' | 'classes';
    },
    step: OptimizerStep,
  ): Promise<StepReport> {
    const { host, plan, lists, optimizer, program } = bound;
    if (!optimizer) throw new Error('this plan is not for training');
    const { graph } = plan;
    host.fillWeights(weights.logp, weights.entropy, weights.slopes);
    const { layout } = host;
    const from = layout.logpWeights;
    this.gpu.write(this.shared.get('inputs'), from, host.words.subarray(from));
    const encoder = this.gpu.device.createCommandEncoder();
    const arena = this.shared.get('arena');
    for (const which of ['logits', 'classes', 'value'] as const) {
      const tensor = graph[which];
      if (tensor === null) continue;
      const at = plan.gradients[tensor] * 4;
      const bytes = plan.rows[tensor] * graph.tensors[tensor].cols * 4;
      if (which === weights.of) {
        encoder.copyBufferToBuffer(this.shared.get('inputs'), layout.slopes * 4, arena, at, bytes);
      } else if (which !== 'logits' || weights.logp === null) {
        encoder.clearBuffer(arena, at, bytes);
      }
    }
    const pass = encoder.beginComputePass();
    if (weights.logp) program.record(pass, program.lists[lists.headBackward]);
    program.record(pass, program.lists[lists.textBackward]);
    if (!step.freezeVision) program.record(pass, program.lists[lists.visionBackward]);
    optimizer.record(pass);
    pass.end();
    const read = this.gpu.readBack(encoder, [optimizer.norm]);
    this.gpu.submit(encoder);
    const gradNorm = await read((bytes) => new Float32Array(bytes, 0, 1)[0]);
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

/** The position tables end there. */
function checkLength(time: number): void {
  if (time > MAX_TEXT) throw new RangeError(`a sequence of ${time} text tokens is longer than ${MAX_TEXT}`);
}

/** Text lengths are rounded up so that a few plans serve all batches. */
function bucket(time: number): number {
  return Math.ceil(time / 8) * 8;
}
