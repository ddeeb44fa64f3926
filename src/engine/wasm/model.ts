// One model on the wasm executor: forward passes, updates with AdamW, cached decoding.

import type { ModelSpec } from '../../model/graph.ts';
import { initialParameters, MAX_TEXT } from '../../model/spec.ts';
import type { Plan, PlanKind } from '../plan/plan.ts';
import { sampleToken, sampleUniform } from '../sampler.ts';
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
import { type Bound, BoundPlans, type Shared } from './boundPlans.ts';
import type { Region } from './memory.ts';

const ROPE_BASE = 10000;

export class WasmModel implements EngineModel {
  private readonly parameters: Region;
  private readonly gradients: Region;
  private readonly first: Region;
  private readonly second: Region;
  private readonly ropeTable: Region;
  private steps = 0;
  private readonly plans: BoundPlans;

  constructor(
    private readonly shared: Shared,
    readonly spec: ModelSpec,
    seed: number,
  ) {
    const { memory } = shared;
    const { size } = spec.layout;
    this.parameters = memory.allocate(size);
    this.gradients = memory.allocate(size);
    this.first = memory.allocate(size);
    this.second = memory.allocate(size);
    const { width, heads } = spec.dimensions;
    const half = width / heads / 2;
    const positions = spec.imageTokens + MAX_TEXT;
    this.ropeTable = memory.allocate(positions * half * 2);
    const table = memory.f32(this.ropeTable);
    for (let position = 0; position < positions; position++) {
      for (let pair = 0; pair < half; pair++) {
        const angle = position * ROPE_BASE ** (-pair / half);
        table[(position * half + pair) * 2] = Math.cos(angle);
        table[(position * half + pair) * 2 + 1] = Math.sin(angle);
      }
    }
    memory.f32(this.parameters).set(initialParameters(spec.layout, seed));
    this.plans = new BoundPlans(shared, spec, {
      parameters: this.parameters,
      gradients: this.gradients,
      ropeTable: this.ropeTable,
    });
  }

  async tokenOutputs(
    batch: SequenceBatch,
    rows: OutputRows,
    targets: Int32Array,
    temperature: number,
  ): Promise<TokenOutputs> {
    const bound = this.forward(batch, rows, 'inference');
    return this.head(bound, rows, targets, temperature);
  }

  async logits(batch: SequenceBatch, rows: OutputRows): Promise<Float32Array> {
    return this.output(this.forward(batch, rows, 'inference'), 'logits', rows.length);
  }

  async classify(batch: SequenceBatch, rows: OutputRows): Promise<Float32Array> {
    return this.output(this.forward(batch, rows, 'inference'), 'classes', rows.length);
  }

  async imageAttention(batch: SequenceBatch, rows: OutputRows): Promise<Float32Array> {
    const { kernels } = this.shared;
    const prefix = this.spec.imageTokens;
    // A training plan keeps the probabilities of every layer.
    const bound = this.forward(batch, rows, 'training');
    const { plan } = bound;
    const time = prefix + plan.shape.time;
    const arena = this.shared.arena.region.pointer;
    const massAt = arena + plan.inputs.imageMass * 4;
    kernels.zero(massAt, plan.shape.batch * time);
    const { heads, layers } = this.spec.dimensions;
    plan.graph.operations.forEach((operation, i) => {
      if (operation.op !== 'attention' || operation.mask !== 'causal') return;
      const probs = arena + plan.saved[i] * 4;
      kernels.prefixMass(probs, massAt, plan.shape.batch, time, prefix, heads, 1 / (heads * layers));
    });
    const mass = this.plans.floats(plan, 'imageMass', plan.shape.batch * time);
    return Float32Array.from(rows, (row) => mass[this.sequenceRow(row, batch.time, plan.shape.time)]);
  }

  async updateTokens(
    batch: SequenceBatch,
    rows: OutputRows,
    targets: Int32Array,
    temperature: number,
    weigh: (outputs: TokenOutputs) => TokenWeights,
    step: OptimizerStep,
  ): Promise<StepReport> {
    const bound = this.forward(batch, rows, 'training');
    const { plan } = bound;
    const outputs = this.head(bound, rows, targets, temperature);
    const weights = weigh(outputs);
    this.plans.floats(plan, 'logpWeights', rows.length).set(weights.logp);
    const entropyWeights = this.plans.floats(plan, 'entropyWeights', rows.length);
    if (weights.entropy) entropyWeights.set(weights.entropy);
    else entropyWeights.fill(0);
    const { graph } = plan;
    const arena = this.shared.arena.region.pointer;
    if (graph.logits === null) throw new Error('this model has no language-model head');
    this.shared.kernels.headBackward(
      arena + plan.values[graph.logits] * 4,
      arena + plan.inputs.targets * 4,
      arena + plan.inputs.logSumExp * 4,
      arena + plan.inputs.entropy * 4,
      arena + plan.inputs.logpWeights * 4,
      arena + plan.inputs.entropyWeights * 4,
      rows.length,
      graph.tensors[graph.logits].cols,
      1 / temperature,
      arena + plan.gradients[graph.logits] * 4,
    );
    this.seedGradient(plan, graph.value, weights.values);
    this.seedGradient(plan, graph.classes, null);
    return this.backward(bound, step);
  }

  async updateClasses(
    batch: SequenceBatch,
    rows: OutputRows,
    weigh: (logits: Float32Array) => Float32Array,
    step: OptimizerStep,
  ): Promise<StepReport> {
    const bound = this.forward(batch, rows, 'training');
    const { graph } = bound.plan;
    if (graph.classes === null) throw new Error('this model has no classifier');
    const slopes = weigh(this.output(bound, 'classes', rows.length));
    this.seedGradient(bound.plan, graph.classes, slopes);
    this.seedGradient(bound.plan, graph.logits, null);
    this.seedGradient(bound.plan, graph.value, null);
    return this.backward(bound, step);
  }

  async generate(request: GenerateRequest): Promise<Generation> {
    const { prompts, groupSize, maxNewTokens, eos } = request;
    const { decode, imageTokens: prefix } = this.spec;
    if (!decode || decode.logits === null) throw new Error('this model cannot generate text');
    const slots = prompts.batch * groupSize;
    const time = bucket(prompts.time);
    checkLength(time + maxNewTokens);
    this.plans.prepareCache(slots, prefix + time + maxNewTokens);
    const cache = this.plans.cache!;
    const { memory } = this.shared;
    for (let b = 0; b < prompts.batch; b++) {
      memory.i32(cache.slots)[b] = b * groupSize;
      memory.i32(cache.counts)[b] = groupSize;
    }
    const rows = Int32Array.from(prompts.lengths, (length, b) => b * prompts.time + length - 1);
    const promptLogits = this.output(this.forward(prompts, rows, 'prefill'), 'logits', rows.length);
    const vocabulary = decode.tensors[decode.logits].cols;
    const tokens: number[][] = Array.from({ length: slots }, () => []);
    const logProbs: number[][] = Array.from({ length: slots }, () => []);
    const draw = (sample: number, logits: Float32Array, offset: number): boolean => {
      const position = tokens[sample].length;
      const uniform = sampleUniform(request.seed, request.rollout, sample, position);
      const drawn = sampleToken(logits, offset, vocabulary, request, uniform);
      tokens[sample].push(drawn.token);
      logProbs[sample].push(drawn.logp);
      return drawn.token !== eos && tokens[sample].length < maxNewTokens;
    };
    let alive: number[] = [];
    for (let s = 0; s < slots; s++) {
      if (draw(s, promptLogits, Math.floor(s / groupSize) * vocabulary)) alive.push(s);
    }
    const bound = this.plans.bind({ batch: slots, time: 1, outputs: slots }, 'inference', true);
    while (alive.length > 0) {
      const { plan, program } = bound;
      program.active.rows = alive.length;
      const slotView = memory.i32(cache.slots);
      const tokenView = this.plans.ints(plan, 'tokens', slots);
      const positions = this.plans.ints(plan, 'positions', slots);
      const keyStart = this.plans.ints(plan, 'keyStart', slots);
      alive.forEach((sample, row) => {
        const prompt = Math.floor(sample / groupSize);
        slotView[row] = sample;
        tokenView[row] = tokens[sample][tokens[sample].length - 1];
        positions[row] = prefix + prompts.lengths[prompt] + tokens[sample].length - 1;
        keyStart[row] = prompts.hasImage[prompt] ? 0 : prefix;
      });
      for (const call of program.forward) call();
      const logits = this.plans.arenaView(plan.values[decode.logits], alive.length * vocabulary);
      alive = alive.filter((sample, row) => draw(sample, logits, row * vocabulary));
    }
    return {
      tokens: tokens.map((list) => Int32Array.from(list)),
      logProbs: logProbs.map((list) => Float32Array.from(list)),
    };
  }

  async getParameters(): Promise<Float32Array> {
    return this.shared.memory.f32(this.parameters).slice();
  }

  async setParameters(parameters: Float32Array): Promise<void> {
    if (parameters.length !== this.spec.layout.size) {
      throw new RangeError(
        `the weights have ${parameters.length} values, the model ${this.spec.layout.size}`,
      );
    }
    this.shared.memory.f32(this.parameters).set(parameters);
  }

  async getGradients(): Promise<Float32Array> {
    return this.shared.memory.f32(this.gradients).slice();
  }

  async getOptimizer(): Promise<OptimizerState> {
    const { memory } = this.shared;
    return {
      first: memory.f32(this.first).slice(),
      second: memory.f32(this.second).slice(),
      step: this.steps,
    };
  }

  async setOptimizer(state: OptimizerState): Promise<void> {
    this.shared.memory.f32(this.first).set(state.first);
    this.shared.memory.f32(this.second).set(state.second);
    this.steps = state.step;
  }

  dispose(): void {
    const { memory } = this.shared;
    for (const region of [this.parameters, this.gradients, this.first, this.second, this.ropeTable]) {
      memory.release(region);
    }
    this.plans.dispose();
  }

  /** Runs the forward pass of a batch; results stay in the arena until the next pass of any model. */
  private forward(batch: SequenceBatch, rows: OutputRows, kind: PlanKind): Bound {
    const time = bucket(batch.time);
    checkLength(time);
    const bound = this.plans.bind({ batch: batch.batch, time, outputs: rows.length }, kind, false);
    const { plan } = bound;
    const prefix = this.spec.imageTokens;
    const tokens = this.plans.ints(plan, 'tokens', batch.batch * time);
    tokens.fill(0);
    for (let b = 0; b < batch.batch; b++) {
      tokens.set(batch.tokens.subarray(b * batch.time, (b + 1) * batch.time), b * time);
    }
    const positions = this.plans.ints(plan, 'positions', batch.batch * (prefix + time));
    for (let i = 0; i < positions.length; i++) positions[i] = i % (prefix + time);
    const keyStart = this.plans.ints(plan, 'keyStart', batch.batch);
    for (let b = 0; b < batch.batch; b++) keyStart[b] = batch.hasImage[b] ? 0 : prefix;
    if (prefix > 0) {
      this.plans.ints(plan, 'imageKeyStart', batch.batch).fill(0);
      const imagePositions = this.plans.ints(plan, 'imagePositions', batch.batch * prefix);
      for (let i = 0; i < imagePositions.length; i++) imagePositions[i] = i % prefix;
      const input = plan.graph.operations.find((operation) => operation.op === 'patches');
      if (input) {
        const view = this.plans.arenaView(
          plan.values[input.out],
          batch.batch * prefix * this.spec.patchValues,
        );
        if (batch.patches) view.set(batch.patches);
        else view.fill(0);
      }
    }
    const index = this.plans.ints(plan, 'rowIndex', rows.length);
    for (let r = 0; r < rows.length; r++) {
      if (rows[r] < 0 || rows[r] >= batch.batch * batch.time) {
        throw new RangeError(`output row ${rows[r]} is outside the batch`);
      }
      index[r] = this.sequenceRow(rows[r], batch.time, time);
    }
    for (const call of bound.program.forward) call();
    return bound;
  }

  /** Row of the joined sequence for a flat text row b * from + t, in a plan of text length `to`. */
  private sequenceRow(row: number, from: number, to: number): number {
    const b = Math.floor(row / from);
    return b * (this.spec.imageTokens + to) + this.spec.imageTokens + (row - b * from);
  }

  private head(bound: Bound, rows: OutputRows, targets: Int32Array, temperature: number): TokenOutputs {
    const { plan } = bound;
    const { graph } = plan;
    if (graph.logits === null) throw new Error('this model has no language-model head');
    const arena = this.shared.arena.region.pointer;
    this.plans.ints(plan, 'targets', rows.length).set(targets);
    this.shared.kernels.headForward(
      arena + plan.values[graph.logits] * 4,
      arena + plan.inputs.targets * 4,
      rows.length,
      graph.tensors[graph.logits].cols,
      1 / temperature,
      arena + plan.inputs.logp * 4,
      arena + plan.inputs.entropy * 4,
      arena + plan.inputs.logSumExp * 4,
    );
    return {
      logp: this.plans.floats(plan, 'logp', rows.length).slice(),
      entropy: this.plans.floats(plan, 'entropy', rows.length).slice(),
      values:
        graph.value === null ? null : this.plans.arenaView(plan.values[graph.value], rows.length).slice(),
    };
  }

  /** Sets where the backward pass starts; null is zero. */
  private seedGradient(plan: Plan, tensor: number | null, slopes: ArrayLike<number> | null): void {
    if (tensor === null) return;
    const view = this.plans.arenaView(
      plan.gradients[tensor],
      plan.rows[tensor] * plan.graph.tensors[tensor].cols,
    );
    if (slopes) view.set(slopes);
    else view.fill(0);
  }

  private backward(bound: Bound, step: OptimizerStep): StepReport {
    const { kernels } = this.shared;
    const { layout } = this.spec;
    kernels.zero(this.gradients.pointer, layout.size);
    for (const call of bound.program.backward) if (!call.vision || !step.freezeVision) call.run();
    const gradNorm = Math.sqrt(kernels.sumSquares(this.gradients.pointer, layout.size));
    if (!Number.isFinite(gradNorm)) return { gradNorm };
    this.steps++;
    const scale = gradNorm > step.maxGradNorm ? step.maxGradNorm / gradNorm : 1;
    const correction1 = 1 - step.beta1 ** this.steps;
    const correction2 = 1 - step.beta2 ** this.steps;
    for (const slice of layout.slices) {
      if (step.freezeVision && slice.part === 'vision') continue;
      const offset = slice.offset * 4;
      kernels.adamw(
        this.parameters.pointer + offset,
        this.gradients.pointer + offset,
        this.first.pointer + offset,
        this.second.pointer + offset,
        Math.ceil(slice.size / 4) * 4,
        step.learningRate,
        step.beta1,
        step.beta2,
        step.epsilon,
        slice.decay ? step.weightDecay : 0,
        correction1,
        correction2,
        scale,
      );
    }
    return { gradNorm };
  }

  private output(bound: Bound, which: 'logits' | 'classes', rows: number): Float32Array {
    const { plan } = bound;
    const tensor = plan.graph[which];
    if (tensor === null) throw new Error(`this model has no ${which}`);
    return this.plans.arenaView(plan.values[tensor], rows * plan.graph.tensors[tensor].cols).slice();
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
