// The visual-focus term: three ways to ask whether the thought looks at the picture. The paper names the term, the formulas are ours.

import { expm1 } from '../base/exactMath.ts';
import { VISUAL_WORDS } from '../world/vocabulary.ts';
import type { RewardSettings } from './settings.ts';

/** What is known of the picture and the thought; `measure` comes from the model for `dependency` and `attention`. */
export type VisualEvidence = {
  /** Token ids of the visual words true of this picture (`World.visualTruth`). */
  readonly truth: ReadonlySet<number>;
  /** `dependency`: token-mean KL(real picture || blank picture), nats; `attention`: share relative to uniform. */
  readonly measure?: number;
};

/**
 * F1 of the set of visual words in the thought against the words true of the picture: F1 = 2 hits / (said + true).
 * Each word counts once, so that repeating one gains nothing. An empty picture is described best by no visual word.
 */
export function groundedScore(thought: readonly number[], truth: ReadonlySet<number>): number {
  const said = new Set(thought.filter((token) => VISUAL_WORDS.has(token)));
  if (said.size + truth.size === 0) return 1;
  let hits = 0;
  for (const token of said) if (truth.has(token)) hits++;
  return (2 * hits) / (said.size + truth.size);
}

/**
 * Squashes a token-mean KL to [0, 1]: 1 - exp(-KL). 0 where the picture makes no difference. The KL is exact over the vocabulary:
 * k3 of the sampled tokens grows as e^d where a token contradicts the picture, so one wrong word would earn the whole term.
 */
export function dependencyScore(kl: number): number {
  return -expm1(-Math.max(0, kl));
}

/** Attention mass on image tokens relative to what uniform attention would put there; 1 is uniform. */
export function attentionRatio(imageMass: number, imageTokens: number, visibleTokens: number): number {
  return imageTokens === 0 ? 0 : (imageMass * visibleTokens) / imageTokens;
}

/** Squashes a ratio in [0, inf) to [0, 1): r / (1 + r); uniform attention gives 0.5. */
export function attentionScore(ratio: number): number {
  if (ratio === Number.POSITIVE_INFINITY) return 1;
  return ratio <= 0 ? 0 : ratio / (1 + ratio);
}

/** The visual-focus term of a sample with an image. @throws RangeError if the kind needs a measure that was not given. */
export function visualFocusScore(
  kind: RewardSettings['visual_focus'],
  thought: readonly number[],
  evidence: VisualEvidence,
): number {
  if (kind === 'off') return 0;
  if (kind === 'grounded') return groundedScore(thought, evidence.truth);
  if (evidence.measure === undefined || Number.isNaN(evidence.measure)) {
    throw new RangeError(
      `Visual focus \`${kind}\` needs a measure from the model, and none was given. Choose \`grounded\` or \`off\`.`,
    );
  }
  return kind === 'dependency' ? dependencyScore(evidence.measure) : attentionScore(evidence.measure);
}
