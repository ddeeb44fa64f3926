// Policy drift: CPGD's pull towards the behaviour policy, given by its gradient.

import { ratioOf } from './ratio.ts';

/**
 * Gradient weight of one token's drift, min(sg(r) - 1, c), with r = exp(logRatio).
 *
 * The surrogate alpha * min(sg(r) - 1, c) * logp has the gradient of the k3 estimator of the forward KL(old || new),
 * r - 1 - ln r, with its weight capped at c. The cap is on the gradient, not on the estimator, and the surrogate's
 * value is no KL. Source: CPGD, arXiv 2505.12504; MM-EUREKA `policy_drift_coef`, `policy_drift_clip_eps`.
 */
export function policyDriftWeight(logRatio: number, clipEps: number): number {
  return Math.min(ratioOf(logRatio) - 1, clipEps);
}
