// The compiled plans of one model: one for each use, with room for the largest batch so far.

import type { ModelSpec, TensorId } from '../../model/graph.ts';
import { Packing } from '../plan/packing.ts';
import { makePlan, type Plan } from '../plan/plan.ts';
import {
  decodeCounts,
  hasRoom,
  type PlanKind,
  type PlanShape,
  roomFor,
  roomyShape,
} from '../plan/planShape.ts';
import { makeFrame, type RolloutFrame } from './frame.ts';
import type { Gpu } from './gpu.ts';
import { type KernelUse, rowsWord } from './kernel.ts';
import { headBackward, headForward } from './kernels/head.ts';
import { sampleTokens } from './kernels/sampler.ts';
import type { ModelBuffers } from './modelBuffers.ts';
import { operationUses } from './operationUses.ts';
import { OptimizerPass } from './optimizerPass.ts';
import { partialLayout } from './partials.ts';
import { HostInputs, type PassInputs, passInputs } from './passInputs.ts';
import { Program } from './program.ts';
import { rolloutRegions } from './rolloutRegions.ts';
import type { Variants } from './variants.ts';

/**
 * The dispatches of a full pass. `mass`: forward with the attention mass on the image; `sample`, of a prefill: the first token of
 * every sample.
 */
export type PassList =
  | 'forward'
  | 'mass'
  | 'head'
  | 'headBackward'
  | 'textBackward'
  | 'visionBackward'
  | 'sample';

/** A full pass: inference, prefill or training. */
export type FullPlan = {
  plan: Plan;
  host: HostInputs;
  program: Program<PassList>;
  optimizer: OptimizerPass | null;
  partialsSize: number;
};

/** What a rollout needs room for. */
export type RolloutRoom = { slots: number; maxNewTokens: number; cacheRows: number };

/** What a rollout adds to its plans. */
export type RolloutPlan = RolloutFrame & { room: RolloutRoom; truncated: boolean };

export class ModelPlans {
  readonly packing: Packing;
  private readonly full = new Map<string, FullPlan>();
  private readonly decode = new Map<string, Program<'token'>>();
  private room: RolloutRoom = { slots: 0, maxNewTokens: 0, cacheRows: 0 };

  constructor(
    private readonly gpu: Gpu,
    private readonly spec: ModelSpec,
    private readonly buffers: ModelBuffers,
    private readonly variants: Variants,
  ) {
    this.packing = new Packing(spec.imageTokens);
  }

  dispose(): void {
    for (const key of this.full.keys()) this.release(key);
    for (const key of this.decode.keys()) this.release(key);
  }

  /** Drops a plan: it is made anew, with other room, when it is asked for. */
  private release(key: string): void {
    const bound = this.full.get(key);
    if (bound) disposePlan(bound);
    this.full.delete(key);
    this.decode.get(key)?.dispose();
    this.decode.delete(key);
  }

  /**
   * Room for a rollout, kept for the smaller ones after it. `truncated`: the sampler obeys top-k and top-p.
   * @throws PlaygroundError `out-of-memory` when the adapter has none; then all is as before.
   */
  rollout(needed: RolloutRoom, truncated: boolean): RolloutPlan {
    const { width, layers } = this.spec.dimensions;
    const names = ['slots', 'maxNewTokens', 'cacheRows'] as const;
    const room = { ...this.room };
    for (const name of names) room[name] = Math.max(room[name], roomFor(needed[name]));
    const cacheLayer = room.cacheRows * 2 * width;
    this.buffers.ensureCache(layers * cacheLayer);
    const regions = rolloutRegions(room.slots, room.maxNewTokens);
    this.buffers.shared.ensure('state', regions.stateLength);
    if (names.some((name) => room[name] > this.room[name])) {
      this.room = room;
      for (const key of [...this.full.keys(), ...this.decode.keys()]) {
        if (key.startsWith('rollout')) this.release(key);
      }
    }
    return { room, regions, cacheLayer, truncated };
  }

  /** The plan of a full pass with room for these counts. */
  async forPass(counts: PlanShape, kind: PlanKind, rollout: RolloutPlan | null): Promise<FullPlan> {
    const key = rollout ? rolloutKey(rollout, kind) : kind;
    const found = this.full.get(key);
    if (found && hasRoom(found.plan.shape, counts)) return found;
    this.release(key);
    const shape = roomyShape(counts, found?.plan.shape);
    const bound = await this.makeFull(makePlan(this.spec.full, shape, kind, 'logSumExp'), rollout);
    try {
      const { shared } = this.buffers;
      shared.ensure('arena', bound.plan.size);
      shared.ensure('partials', bound.partialsSize);
      shared.ensure('inputs', bound.host.layout.size);
    } catch (error) {
      // Smaller batches get a plan of their own size again.
      disposePlan(bound);
      throw error;
    }
    this.full.set(key, bound);
    return bound;
  }

  private async makeFull(plan: Plan, rollout: RolloutPlan | null): Promise<FullPlan> {
    const { spec, variants } = this;
    const { graph, kind } = plan;
    const training = kind === 'training';
    const partials = training ? partialLayout(spec.layout, plan, variants.rowsPerPlane) : null;
    const inputs = passInputs(plan, spec, rollout?.regions.inputWords ?? 0);
    const frame = makeFrame({ spec, plan, inputs, partials, rollout, variants });
    const { operations } = graph;
    const uses = operations.map((operation, i) => operationUses(frame, operation, i));
    const forward = (mass: boolean) => uses.flatMap((use) => use.forward(mass));
    const backward = (image: boolean) =>
      uses
        .filter((_, i) => training && frame.isImage(operations[i].out) === image)
        .reverse()
        .flatMap((use) => use.backward());
    const head = graph.logits === null ? null : this.headUses(plan, inputs, graph.logits);
    const program = await Program.create(this.gpu, {
      forward: forward(false),
      mass: kind === 'inference' ? forward(true) : [],
      head: head ? [head.forward] : [],
      headBackward: head && training ? [head.backward] : [],
      textBackward: backward(false),
      visionBackward: backward(true),
      sample: rollout ? [this.sampler(plan, rollout)] : [],
    });
    return {
      plan,
      host: new HostInputs(inputs, plan, spec),
      program,
      optimizer: partials ? await OptimizerPass.create(this.gpu, spec.layout, partials, this.buffers) : null,
      partialsSize: partials?.size ?? 0,
    };
  }

  /** The plan of one token for each slot that the rollout has room for. */
  async forToken(rollout: RolloutPlan): Promise<Program<'token'>> {
    const key = rolloutKey(rollout, 'decode');
    const found = this.decode.get(key);
    if (found) return found;
    const { spec, variants } = this;
    if (!spec.decode) throw new Error('this model cannot generate text');
    const plan = makePlan(spec.decode, decodeCounts(rollout.room.slots), 'inference', 'logSumExp');
    const frame = makeFrame({ spec, plan, inputs: null, partials: null, rollout, variants });
    const uses = spec.decode.operations.flatMap((operation, i) =>
      operationUses(frame, operation, i).forward(false),
    );
    this.buffers.shared.ensure('arena', plan.size);
    const program = await Program.create(this.gpu, { token: [...uses, this.sampler(plan, rollout)] });
    this.decode.set(key, program);
    return program;
  }

  private headUses(plan: Plan, inputs: PassInputs, tensor: TensorId) {
    const vocabulary = plan.graph.tensors[tensor].cols;
    const { logp, entropy, logSumExp: lse } = plan.inputs;
    const { targets, logpWeights, entropyWeights } = inputs;
    const words = { logits: plan.values[tensor], targets, entropy, lse, rows: rowsWord('outputRows') };
    const dLogits = plan.gradients[tensor];
    return {
      forward: headForward({ vocabulary, variant: this.variants.rows }, { ...words, logp }),
      backward: headBackward({ vocabulary }, { ...words, logpWeights, entropyWeights, dLogits }),
    };
  }

  /** The samples of a prompt share its logits in a prefill; later each has its own. */
  private sampler({ graph, kind, values }: Plan, { regions, truncated }: RolloutPlan): KernelUse {
    const { logits } = graph;
    if (logits === null) throw new Error('this model cannot generate text');
    const words = { logits: values[logits], ofPrompt: kind === 'prefill' ? 1 : 0 };
    return sampleTokens(
      { vocabulary: graph.tensors[logits].cols, truncated },
      { ...regions, ...words, rows: rowsWord('sampleRows') },
    );
  }
}

function disposePlan({ program, optimizer }: FullPlan): void {
  program.dispose();
  optimizer?.dispose();
}

function rolloutKey({ truncated }: RolloutPlan, use: string): string {
  return `rollout ${use}${truncated ? ' truncated' : ''}`;
}
