// k3: the low-variance, non-negative estimator of KL(pi || pi_ref) from samples of pi, and its derivative.

import { expm1 } from '../base/exactMath.ts';

/**
 * k3 = exp(d) - d - 1 with d = refLogp - logp, nats. Unbiased for KL(pi || ref) when the token came from pi.
 * Source: Schulman, "Approximating KL divergence" (2020); GRPO, arXiv 2402.03300 Eq. 4.
 */
export function k3(logp: number, refLogp: number): number {
  const d = refLogp - logp;
  return expm1(d) - d;
}

/** dk3/dlogp = 1 - exp(refLogp - logp). */
export function k3Gradient(logp: number, refLogp: number): number {
  return -expm1(refLogp - logp);
}
