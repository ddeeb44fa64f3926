// Our engines as contestants: whatever choice of the engine room starts.

import { chooseEngine } from '../../engine/index.ts';
import type { Engine, EngineModel, SequenceBatch, TokenOutputs, TokenWeights } from '../../engine/types.ts';
import { initialParameters } from '../../model/spec.ts';
import { ENGINE_CHOICES, type EngineChoice } from '../../terms/engines.ts';
import { adapterText } from '../../terms/origin.ts';
import {
  ADAM,
  Batches,
  type BenchSize,
  KL_WEIGHT,
  policySpec,
  RATIO_CLIP,
  RESPONSE_TOKENS,
  responseRows,
  responsesOf,
  SEED,
  scorerSpec,
  TEXT_TOKENS,
} from '../task.ts';
import type { CallCounts } from '../types.ts';
import type { Contestant, PolicyBatch } from './contestant.ts';

/** An engine may count its own calls; those that do not are counted at the browser's interface. */
type CountingEngine = Engine & {
  counters?: () => { dispatches: number; submits: number; writtenBytes: number };
};

/** Starts the engine choice of this name. @throws Error where this version or this browser has none. */
export async function startOurs(choice: string, size: BenchSize): Promise<Contestant> {
  if (!ENGINE_CHOICES.some((known) => known === choice)) {
    throw new Error(`this version has no engine "${choice}"`);
  }
  const { engine } = await chooseEngine(choice as EngineChoice);
  const spec = policySpec(size.model);
  const policy = await engine.createModel(spec, SEED);
  const reference = await engine.createModel(spec, SEED);
  const scorer = await engine.createModel(scorerSpec(size.model), SEED);
  return new OurContestant(engine, policy, reference, scorer, size.batch);
}

class OurContestant implements Contestant {
  readonly adapter: string;
  private readonly batches: Batches;

  constructor(
    private readonly engine: CountingEngine,
    private readonly policy: EngineModel,
    private readonly reference: EngineModel,
    private readonly scorer: EngineModel,
    size: number,
  ) {
    this.adapter = adapterText(engine);
    this.batches = new Batches(policy.spec, size);
  }

  async reset(): Promise<void> {
    const { layout } = this.policy.spec;
    await this.policy.setParameters(initialParameters(layout, SEED));
    const zeros = () => new Float32Array(layout.size);
    await this.policy.setOptimizer({ first: zeros(), second: zeros(), step: 0 });
  }

  async sftStep(): Promise<number> {
    const count = this.batches.size * RESPONSE_TOKENS;
    const weights = new Float32Array(count).fill(-1 / count);
    let loss = 0;
    await this.update(this.batches.demonstrations, ({ logp }) => {
      for (const value of logp) loss -= value / count;
      return { logp: weights, entropy: null, values: null };
    });
    return loss;
  }

  async rollout(round: number): ReturnType<Contestant['rollout']> {
    return responsesOf(await this.policy.generate(this.batches.request(round)));
  }

  async score(responses: Int32Array): Promise<Float32Array> {
    const last = Int32Array.from({ length: this.batches.size }, (_, b) => (b + 1) * TEXT_TOKENS - 1);
    return this.scorer.classify(this.batches.of(responses), last);
  }

  async referenceLogp(responses: Int32Array): Promise<Float32Array> {
    const batch = this.batches.of(responses);
    const { rows, targets } = rowsOf(batch);
    return (await this.reference.tokenOutputs(batch, rows, targets, 1)).logp;
  }

  async policyStep(part: PolicyBatch): Promise<void> {
    await this.update(this.batches.of(part.responses, part.from, part.to), ({ logp }) => ({
      logp: policyGradient(logp, part),
      entropy: null,
      values: null,
    }));
  }

  counters(): CallCounts | null {
    const own = this.engine.counters?.();
    return own ? { dispatches: own.dispatches, submits: own.submits, uploadBytes: own.writtenBytes } : null;
  }

  private async update(batch: SequenceBatch, weigh: (outputs: TokenOutputs) => TokenWeights): Promise<void> {
    const { rows, targets } = rowsOf(batch);
    await this.policy.updateTokens(batch, rows, targets, 1, weigh, ADAM);
    // The step ends when the new parameters are there.
    await this.policy.getParameters();
  }
}

function rowsOf(batch: SequenceBatch): { rows: Int32Array; targets: Int32Array } {
  const rows = responseRows(batch.batch);
  return { rows, targets: Int32Array.from(rows, (row) => batch.tokens[row + 1]) };
}

/**
 * dLoss / dlogp of the mean over tokens of -min(r A, clip(r) A) + KL_WEIGHT (e^d - d - 1), r = pi / pi_old, d = log pi_ref - log pi
 * (PPO, arXiv 1707.06347, Eq. 7; k3, GRPO, arXiv 2402.03300, Eq. 4).
 */
export function policyGradient(
  logp: ArrayLike<number>,
  { oldLogp, referenceLogp, advantages }: Pick<PolicyBatch, 'oldLogp' | 'referenceLogp' | 'advantages'>,
): Float32Array {
  return Float32Array.from({ length: logp.length }, (_, i) => {
    const advantage = advantages[Math.floor(i / RESPONSE_TOKENS)];
    const ratio = Math.exp(logp[i] - oldLogp[i]);
    const clipped = advantage > 0 ? ratio > 1 + RATIO_CLIP : ratio < 1 - RATIO_CLIP;
    const surrogate = clipped ? 0 : -ratio * advantage;
    const kl = KL_WEIGHT * (1 - Math.exp(referenceLogp[i] - logp[i]));
    return (surrogate + kl) / logp.length;
  });
}
