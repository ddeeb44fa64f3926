// Our engines as contestants: whatever choice of the engine room starts.

import { softmax } from '../../base/numbers.ts';
import { chooseEngine } from '../../engine/index.ts';
import type { Engine, EngineModel, GenerateRequest, TokenOutputs, TokenWeights } from '../../engine/types.ts';
import { initialParameters } from '../../model/spec.ts';
import { ENGINE_CHOICES, type EngineChoice } from '../../terms/engines.ts';
import { adapterText } from '../../terms/origin.ts';
import type { EngineEntry } from '../engines.ts';
import {
  ADAM,
  type BenchSize,
  CLASSES,
  type Judged,
  KL_WEIGHT,
  policySpec,
  RATIO_CLIP,
  type Responses,
  responsesOf,
  type Scored,
  SEED,
  scorerSpec,
} from '../task.ts';
import type { CallCounts } from '../types.ts';
import type { Contestant, PolicyTargets } from './contestant.ts';

/** An engine may count its own calls; those that do not are counted at the browser's interface. */
type CountingEngine = Engine & {
  counters?: () => { dispatches: number; submits: number; writtenBytes: number };
};

/** Starts an engine of ours. @throws Error where this version or this browser has none. */
export async function startOurs({ backend, simd }: EngineEntry, { model }: BenchSize): Promise<Contestant> {
  if (!ENGINE_CHOICES.some((known) => known === backend)) {
    throw new Error(`this version has no engine "${backend}"`);
  }
  const spec = policySpec(model);
  const { engine } = await chooseEngine(backend as EngineChoice, undefined, { wasmSimd: simd });
  const policy = await engine.createModel(spec, SEED);
  const reference = await engine.createModel(spec, SEED);
  const scorer = await engine.createModel(scorerSpec(model), SEED);
  return new OurContestant(engine, policy, reference, scorer);
}

class OurContestant implements Contestant {
  readonly adapter: string;
  readonly simd: Engine['simd'];

  constructor(
    private readonly engine: CountingEngine,
    private readonly policy: EngineModel,
    private readonly reference: EngineModel,
    private readonly scorer: EngineModel,
  ) {
    this.adapter = adapterText(engine);
    this.simd = engine.simd;
  }

  async reset(): Promise<void> {
    for (const model of [this.policy, this.scorer]) {
      const { layout } = model.spec;
      await model.setParameters(initialParameters(layout, SEED));
      const zeros = () => new Float32Array(layout.size);
      await model.setOptimizer({ first: zeros(), second: zeros(), step: 0 });
    }
  }

  async sftStep(batch: Scored): Promise<number> {
    const count = batch.rows.length;
    const weights = new Float32Array(count).fill(-1 / count);
    let loss = 0;
    await this.update(batch, ({ logp }) => {
      for (const value of logp) loss -= value / count;
      return { logp: weights, entropy: null, values: null };
    });
    return loss;
  }

  async headsStep({ batch, rows, labels }: Judged): Promise<number> {
    let loss = 0;
    const weigh = (logits: Float32Array) => {
      const gradients = new Float32Array(logits.length);
      labels.forEach((label, item) => {
        const at = item * CLASSES;
        const probabilities = softmax(logits.subarray(at, at + CLASSES));
        loss -= Math.log(probabilities[label]) / labels.length;
        for (let i = 0; i < CLASSES; i++)
          gradients[at + i] = (probabilities[i] - (i === label ? 1 : 0)) / labels.length;
      });
      return gradients;
    };
    await this.scorer.updateClasses(batch, rows, weigh, ADAM);
    await this.scorer.getParameters();
    return loss;
  }

  async rollout(request: GenerateRequest): Promise<Responses> {
    return responsesOf(await this.policy.generate(request));
  }

  async score({ batch, rows }: Judged): Promise<Float32Array> {
    return this.scorer.classify(batch, rows);
  }

  async referenceLogp({ batch, rows, targets }: Scored): Promise<Float32Array> {
    return (await this.reference.tokenOutputs(batch, rows, targets, 1)).logp;
  }

  async policyStep(batch: Scored, targets: PolicyTargets): Promise<void> {
    await this.update(batch, ({ logp }) => ({
      logp: policyGradient(logp, batch.offsets, targets),
      entropy: null,
      values: null,
    }));
  }

  counters(): CallCounts | null {
    const own = this.engine.counters?.();
    return own ? { dispatches: own.dispatches, submits: own.submits, uploadBytes: own.writtenBytes } : null;
  }

  private async update(
    { batch, rows, targets }: Scored,
    weigh: (outputs: TokenOutputs) => TokenWeights,
  ): Promise<void> {
    await this.policy.updateTokens(batch, rows, targets, 1, weigh, ADAM);
    // The step ends when the new parameters are there.
    await this.policy.getParameters();
  }
}

/**
 * dLoss / dlogp of the mean over tokens of -min(r A, clip(r) A) + KL_WEIGHT (e^d - d - 1), r = pi / pi_old, d = log pi_ref - log pi
 * (PPO, arXiv 1707.06347, Eq. 7; k3, GRPO, arXiv 2402.03300, Eq. 4).
 */
export function policyGradient(
  logp: ArrayLike<number>,
  offsets: Int32Array,
  { oldLogp, referenceLogp, advantages }: PolicyTargets,
): Float32Array {
  const gradient = new Float32Array(logp.length);
  advantages.forEach((advantage, item) => {
    for (let i = offsets[item]; i < offsets[item + 1]; i++) {
      const ratio = Math.exp(logp[i] - oldLogp[i]);
      const clipped = advantage > 0 ? ratio > 1 + RATIO_CLIP : ratio < 1 - RATIO_CLIP;
      const surrogate = clipped ? 0 : -ratio * advantage;
      const kl = KL_WEIGHT * (1 - Math.exp(referenceLogp[i] - logp[i]));
      gradient[i] = (surrogate + kl) / logp.length;
    }
  });
  return gradient;
}
