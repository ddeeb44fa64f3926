// Forward passes on the GPU: a batch goes up, the plan's dispatches are recorded, results come back.

import type { ModelSpec } from '../../model/graph.ts';
import type { PlanKind } from '../plan/planShape.ts';
import type { OutputRows, SequenceBatch, TokenOutputs } from '../types.ts';
import type { Gpu, ReadPart } from './gpu.ts';
import type { ModelBuffers } from './modelBuffers.ts';
import type { HostInputs } from './passInputs.ts';
import type { FullPlan, ModelPlans, PassList, RolloutPlan } from './plans.ts';

/** A pass that is being recorded, and how many rows of it there are. */
export type Pass = { bound: FullPlan; encoder: GPUCommandEncoder; outputs: number; sequences: number };

/** The passes of one model; they must not overlap (`Gpu.exclusive`). */
export class Passes {
  constructor(
    private readonly gpu: Gpu,
    private readonly spec: ModelSpec,
    private readonly buffers: ModelBuffers,
    private readonly plans: ModelPlans,
  ) {}

  /**
   * Packs a batch, uploads it and opens an encoder with the pictures in place; the step block knows the counts, and goes up later.
   * `before` sets the words of a rollout's own inputs, when those of the batch are there.
   * @throws RangeError on rows outside the batch and on sequences that are too long.
   */
  async begin(
    batch: SequenceBatch,
    rows: OutputRows,
    targets: Int32Array | null,
    kind: PlanKind,
    rollout: RolloutPlan | null = null,
    before: (host: HostInputs) => void = () => undefined,
  ): Promise<Pass> {
    const { packing } = this.plans;
    const { counts } = packing;
    packing.measure(batch);
    counts.outputs = rows.length;
    const bound = await this.plans.forPass(counts, kind, rollout);
    const { host, program, optimizer } = bound;
    const blocks = host.fill(packing, batch, rows, targets);
    before(host);
    const { shared, step } = this.buffers;
    step.set({
      imageRows: counts.pictures * this.spec.imageTokens,
      textRows: counts.texts,
      sequenceRows: counts.sequences,
      outputRows: counts.outputs,
      ...blocks,
    });
    program.bind(this.buffers.bound, this.buffers.generation);
    optimizer?.bind();
    this.gpu.write(shared.get('inputs'), 0, host.words, host.used(counts));
    const encoder = this.gpu.device.createCommandEncoder();
    host.placePictures(encoder, shared.get('inputs'), shared.get('arena'), counts.pictures);
    return { bound, encoder, outputs: counts.outputs, sequences: counts.sequences };
  }

  /** Forward and language-model head, submitted and read. */
  async tokenOutputs(pass: Pass, temperature: number): Promise<TokenOutputs> {
    const { plan } = pass.bound;
    const { value, logits } = plan.graph;
    if (logits === null) throw new Error('this model has no language-model head');
    this.buffers.step.set({ inverseTemperature: 1 / temperature });
    this.run(pass, ['forward', 'head']);
    const n = pass.outputs;
    const parts = [this.arena(plan.inputs.logp, n), this.arena(plan.inputs.entropy, n)];
    if (value !== null) parts.push(this.arena(plan.values[value], n));
    return this.read(pass, parts, (bytes) => ({
      logp: new Float32Array(bytes.slice(0, n * 4)),
      entropy: new Float32Array(bytes.slice(n * 4, n * 8)),
      values: value === null ? null : new Float32Array(bytes.slice(n * 8, n * 12)),
    }));
  }

  /** Forward, submitted; one output tensor read. */
  async rawOutputs(pass: Pass, which: 'logits' | 'classes'): Promise<Float32Array> {
    const { plan } = pass.bound;
    const tensor = plan.graph[which];
    if (tensor === null) {
      throw new Error(`this model has no ${which === 'classes' ? 'classifier' : 'language-model head'}`);
    }
    this.run(pass, ['forward']);
    const length = pass.outputs * plan.graph.tensors[tensor].cols;
    const parts = [this.arena(plan.values[tensor], length)];
    return this.read(pass, parts, (bytes) => new Float32Array(bytes.slice(0)));
  }

  /** Mean attention mass on the image tokens, per output row. */
  async imageMass(pass: Pass): Promise<Float32Array> {
    const { plan, host } = pass.bound;
    this.run(pass, ['mass']);
    return this.read(pass, [this.arena(plan.inputs.imageMass, pass.sequences)], (bytes) => {
      const mass = new Float32Array(bytes);
      return Float32Array.from(host.rowIndex.subarray(0, pass.outputs), (row) => mass[row]);
    });
  }

  private run({ bound, encoder }: Pass, lists: readonly PassList[]): void {
    const { step } = this.buffers;
    step.write();
    const pass = encoder.beginComputePass();
    for (const list of lists) bound.program.record(pass, list, step);
    pass.end();
  }

  private arena(offset: number, length: number): ReadPart {
    return { buffer: this.buffers.shared.get('arena'), offset, length };
  }

  private read<T>(pass: Pass, parts: ReadPart[], use: (bytes: ArrayBuffer) => T): Promise<T> {
    const read = this.gpu.readBack(pass.encoder, parts);
    this.gpu.submit(pass.encoder);
    return read(use);
  }
}
