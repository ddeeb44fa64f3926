// The compiled plans of one model: found or made by shape, kept while they are in use.

import type { ModelSpec, TensorId } from '../../model/graph.ts';
import { makePlan, type Plan, type PlanKind, type PlanShape } from '../plan/plan.ts';
import { makeFrame, type RolloutFrame } from './frame.ts';
import type { Gpu } from './gpu.ts';
import type { KernelUse } from './kernel.ts';
import { headBackward, headForward } from './kernels/head.ts';
import { sampleTokens } from './kernels/sampler.ts';
import type { ModelBuffers } from './modelBuffers.ts';
import { operationUses } from './operationUses.ts';
import { OptimizerPass } from './optimizerPass.ts';
import { partialLayout } from './partials.ts';
import { HostInputs, type PassInputs, passInputs } from './passInputs.ts';
import { Program } from './program.ts';
import type { Variants } from './variants.ts';

/** Plans kept per model; the least recently used goes first. */
const MAX_PLANS = 32;

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

/** One token of every row in use. */
export type DecodePlan = { plan: Plan; program: Program<'token'> };

/** What a rollout adds to its plans. */
export type RolloutPlan = RolloutFrame & { maxNewTokens: number; truncated: boolean };

export class ModelPlans {
  private readonly kept = new Map<string, FullPlan | DecodePlan>();

  constructor(
    private readonly gpu: Gpu,
    private readonly spec: ModelSpec,
    private readonly buffers: ModelBuffers,
    private readonly variants: Variants,
  ) {}

  dispose(): void {
    for (const bound of this.kept.values()) release(bound);
    this.kept.clear();
  }

  async full(shape: PlanShape, kind: PlanKind, rollout: RolloutPlan | null): Promise<FullPlan> {
    const suffix = `${kind}:${shape.batch}x${shape.time}:${shape.outputs}`;
    const key = rollout ? `rollout:${rolloutKey(rollout)}:${suffix}` : suffix;
    const found = this.find(key);
    if (found && 'host' in found) return found;
    const { spec } = this;
    const graph = spec.full;
    const plan = makePlan(graph, shape, kind, 'logSumExp');
    const training = kind === 'training';
    const partials = training ? partialLayout(spec.layout, plan, this.variants.rowsPerPlane) : null;
    const vocabulary = spec.config.vocabularySize;
    const patchValues = shape.batch * spec.imageTokens * spec.patchValues;
    const gradients = training ? shape.outputs * Math.max(1, spec.config.outputs.classes) : 1;
    const inputs = passInputs(plan, rollout?.regions.inputWords ?? 0, vocabulary, patchValues, gradients);
    const frame = makeFrame({ spec, plan, inputs, partials, rollout, variants: this.variants });
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
      sample: rollout ? [this.sampler(plan, rollout, rollout.groupSize)] : [],
    });
    const bound: FullPlan = {
      plan,
      host: new HostInputs(inputs, plan, spec.imageTokens, vocabulary, patchValues),
      program,
      optimizer: partials ? await OptimizerPass.create(this.gpu, spec.layout, partials, this.buffers) : null,
      partialsSize: partials?.size ?? 0,
    };
    return this.keep(key, bound);
  }

  async decode(slots: number, rollout: RolloutPlan): Promise<DecodePlan> {
    const key = `rollout:${rolloutKey(rollout)}:decode:${slots}`;
    const found = this.find(key);
    if (found && !('host' in found)) return found;
    const { spec } = this;
    if (!spec.decode) throw new Error('this model cannot generate text');
    const plan = makePlan(spec.decode, { batch: slots, time: 1, outputs: slots }, 'inference', 'logSumExp');
    const frame = makeFrame({ spec, plan, inputs: null, partials: null, rollout, variants: this.variants });
    const uses = spec.decode.operations.flatMap((operation, i) =>
      operationUses(frame, operation, i).forward(false),
    );
    const token = [...uses, this.sampler(plan, rollout, 1)];
    return this.keep(key, { plan, program: await Program.create(this.gpu, { token }) });
  }

  private find(key: string): FullPlan | DecodePlan | undefined {
    const bound = this.kept.get(key);
    if (!bound) return undefined;
    this.kept.delete(key);
    this.kept.set(key, bound);
    return bound;
  }

  private keep<T extends FullPlan | DecodePlan>(key: string, bound: T): T {
    this.kept.set(key, bound);
    if (this.kept.size > MAX_PLANS) {
      const [oldest, old] = this.kept.entries().next().value!;
      release(old);
      this.kept.delete(oldest);
    }
    return bound;
  }

  private headUses(plan: Plan, inputs: PassInputs, tensor: TensorId) {
    const vocabulary = plan.graph.tensors[tensor].cols;
    const { logp, entropy, logSumExp: lse } = plan.inputs;
    const { targets, logpWeights, entropyWeights } = inputs;
    const words = { logits: plan.values[tensor], targets, entropy, lse, rows: plan.shape.outputs };
    const dLogits = plan.gradients[tensor];
    return {
      forward: headForward({ vocabulary, variant: this.variants.rows }, { ...words, logp }),
      backward: headBackward({ vocabulary }, { ...words, logpWeights, entropyWeights, dLogits }),
    };
  }

  private sampler(plan: Plan, rollout: RolloutPlan, group: number): KernelUse {
    const { logits } = plan.graph;
    if (logits === null) throw new Error('this model cannot generate text');
    return sampleTokens(
      { vocabulary: plan.graph.tensors[logits].cols, truncated: rollout.truncated },
      { ...rollout.regions, logits: plan.values[logits], group },
    );
  }
}

/** All that is baked into the words of a rollout's programs. */
function rolloutKey({ groupSize, maxNewTokens, truncated, cache }: RolloutPlan): string {
  return [groupSize, maxNewTokens, truncated, cache.capacity, cache.layerLength].join(':');
}

function release(bound: FullPlan | DecodePlan): void {
  bound.program.dispose();
  if ('host' in bound) bound.optimizer?.dispose();
}
