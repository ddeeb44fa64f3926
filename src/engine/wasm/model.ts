// One model on the wasm executor: forward passes, updates with AdamW, cached decoding.

import type { ModelSpec } from '../../model/graph.ts';
import { initialParameters } from '../../model/spec.ts';
import { checkSize } from '../plan/lengths.ts';
import { keyStride } from '../plan/planShape.ts';
import { modelRopeTable } from '../plan/rope.ts';
import type { EngineModel, OptimizerStep, OutputRows, SequenceBatch, StepReport } from '../types.ts';
import { type Bound, BoundPlans, type Shared } from './boundPlans.ts';
import { forwardPass } from './forwardPass.ts';
import type { Region } from './memory.ts';
import { Optimizer } from './optimizer.ts';
import { generate } from './rollout.ts';
import { headBackward, headForward, setGradients } from './tokenHead.ts';

export class WasmModel implements EngineModel {
  private readonly parameters: Region;
  private readonly ropeTable: Region;
  private readonly optimizer: Optimizer;
  private readonly plans: BoundPlans;

  constructor(
    private readonly shared: Shared,
    readonly spec: ModelSpec,
    seed: number,
  ) {
    const { memory } = shared;
    this.parameters = memory.allocate(spec.layout.size);
    this.optimizer = new Optimizer(shared, spec.layout, this.parameters);
    const ropeTable = modelRopeTable(spec);
    this.ropeTable = memory.allocate(ropeTable.length);
    memory.f32(this.ropeTable).set(ropeTable);
    memory.f32(this.parameters).set(initialParameters(spec.layout, seed));
    this.plans = new BoundPlans(shared, spec, {
      parameters: this.parameters,
      gradients: this.optimizer.gradients,
      ropeTable: this.ropeTable,
    });
  }

  readonly tokenOutputs: EngineModel['tokenOutputs'] = async (batch, rows, targets, temperature) => {
    const bound = forwardPass(this.plans, 'inference', batch, rows);
    headForward(this.shared, bound, targets, temperature);
    const { logp, entropy, values } = bound.views.outputs;
    return { logp: logp.slice(), entropy: entropy.slice(), values: values?.slice() ?? null };
  };

  readonly logits: EngineModel['logits'] = async (batch, rows) => {
    const { logits } = forwardPass(this.plans, 'inference', batch, rows).views;
    if (!logits) throw new Error('this model has no logits');
    return logits.slice();
  };

  readonly classify: EngineModel['classify'] = async (batch, rows) => {
    const { classes } = forwardPass(this.plans, 'inference', batch, rows).views;
    if (!classes) throw new Error('this model has no classes');
    return classes.slice();
  };

  readonly imageAttention: EngineModel['imageAttention'] = async (batch, rows) => {
    const { kernels, arena } = this.shared;
    const { bound, layers } = this.attentionOf(batch, rows);
    const { plan, program, views } = bound;
    const { segments, sequences } = program.active;
    const at = (offset: number) => arena.region.pointer + offset * 4;
    const mass = at(plan.inputs.imageMass);
    kernels.zero(mass, sequences);
    for (const { probs, heads, stride } of layers) {
      const weight = 1 / (heads * layers.length);
      kernels.prefixMass(probs, mass, at(plan.inputs.segments), segments, sequences, heads, stride, weight);
    }
    return Float32Array.from(views.rowIndex, (row) => views.imageMass[row]);
  };

  readonly imageAttentionMap: NonNullable<EngineModel['imageAttentionMap']> = async (batch, rows) => {
    const { imageTokens } = this.spec;
    const { bound, layers } = this.attentionOf(batch, rows);
    const { sequences } = bound.program.active;
    const map = new Float32Array(rows.length * imageTokens);
    for (const { probs, heads, stride } of layers) {
      const kept = this.shared.memory.f32({ pointer: probs, length: heads * sequences * stride });
      bound.views.rowIndex.forEach((row, r) => {
        if (!batch.hasImage[Math.floor(rows[r] / batch.time)]) return;
        for (let h = 0; h < heads; h++) {
          const from = (h * sequences + row) * stride;
          for (let j = 0; j < imageTokens; j++) {
            map[r * imageTokens + j] += kept[from + j] / (heads * layers.length);
          }
        }
      });
    }
    return map;
  };

  readonly updateTokens: EngineModel['updateTokens'] = async (
    batch,
    rows,
    targets,
    temperature,
    weigh,
    step,
  ) => {
    const bound = forwardPass(this.plans, 'training', batch, rows);
    headForward(this.shared, bound, targets, temperature);
    const weights = weigh(bound.views.outputs);
    headBackward(this.shared, bound, weights, temperature);
    setGradients(bound.views.valueGradients, weights.values);
    setGradients(bound.views.classGradients, null);
    return this.backward(bound, step);
  };

  readonly updateClasses: EngineModel['updateClasses'] = async (batch, rows, weigh, step) => {
    const bound = forwardPass(this.plans, 'training', batch, rows);
    const { classes, classGradients, logitGradients, valueGradients } = bound.views;
    if (!classes) throw new Error('this model has no classifier');
    setGradients(classGradients, weigh(classes));
    setGradients(logitGradients, null);
    setGradients(valueGradients, null);
    return this.backward(bound, step);
  };

  readonly generate: EngineModel['generate'] = async (request) =>
    generate(this.shared, this.spec, this.plans, request);

  readonly getParameters: EngineModel['getParameters'] = async () =>
    this.shared.memory.f32(this.parameters).slice();

  readonly setParameters: EngineModel['setParameters'] = async (parameters) => {
    checkSize('the weights have', this.spec.layout.size, parameters);
    this.shared.memory.f32(this.parameters).set(parameters);
  };

  readonly getGradients: EngineModel['getGradients'] = async () =>
    this.shared.memory.f32(this.optimizer.gradients).slice();

  readonly getOptimizer: EngineModel['getOptimizer'] = async () => this.optimizer.state();

  readonly setOptimizer: EngineModel['setOptimizer'] = async (state) => {
    checkSize('the optimiser state has', this.spec.layout.size, state.first, state.second);
    this.optimizer.restore(state);
  };

  dispose(): void {
    for (const region of [this.parameters, this.ropeTable]) this.shared.memory.release(region);
    this.optimizer.dispose();
    this.plans.dispose();
  }

  /** A forward pass, and where it keeps the attention of each layer: probabilities [heads, sequence rows, stride]. */
  private attentionOf(batch: SequenceBatch, rows: OutputRows) {
    // A training plan keeps the probabilities of every layer.
    const bound = forwardPass(this.plans, 'training', batch, rows);
    const { plan, program } = bound;
    const layers = plan.graph.operations.flatMap((operation, i) => {
      if (operation.op !== 'attention' || operation.mask !== 'causal') return [];
      const probs = this.shared.arena.region.pointer + plan.saved[i] * 4;
      return [
        { probs, heads: operation.heads, stride: keyStride(plan.graph, operation, program.active.keys) },
      ];
    });
    return { bound, layers };
  }

  /** From the gradients of the outputs to the optimiser's step. */
  private backward(bound: Bound, step: OptimizerStep): StepReport {
    this.optimizer.zeroGradients();
    const { backward } = bound.program;
    for (let i = 0; i < backward.length; i++) {
      if (!backward[i].vision || !step.freezeVision) backward[i].run();
    }
    return this.optimizer.apply(step);
  }
}
