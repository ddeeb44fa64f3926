// What counts as a collapse of the policy: the one definition that guard, page, reports and verdicts read.

/** The settings that bound an iteration of RL. */
export type GuardBounds = { readonly guard_max_kl: number; readonly guard_min_entropy: number };

/** What is watched: the exact KL to the reference, above its bound, and the entropy, below its bound. */
export const WATCHED = {
  kl: { bound: 'guard_max_kl', side: 'above' },
  entropy: { bound: 'guard_min_entropy', side: 'below' },
} as const satisfies { [metric: string]: { bound: keyof GuardBounds; side: 'above' | 'below' } };

export type Breach = { metric: keyof typeof WATCHED; value: number };

/** By name, as far as measured; `entropy/rollout` stands for `entropy` where an iteration had no update. */
type Measured = { readonly [name: string]: number | null | undefined };

/** What lies outside the bounds in one iteration; null where nothing does, or where neither was measured. */
export function breachOf(values: Measured, bounds: GuardBounds): Breach | null {
  const { kl } = values;
  const entropy = values.entropy ?? values['entropy/rollout'];
  if (typeof kl === 'number' && kl > bounds.guard_max_kl) return { metric: 'kl', value: kl };
  if (typeof entropy === 'number' && entropy < bounds.guard_min_entropy)
    return { metric: 'entropy', value: entropy };
  return null;
}

/** RL iterations with a breach. The guard stops a run only after some in a row; the policy has collapsed at the first. */
export function breachCount(rows: readonly { readonly values: Measured }[], bounds: GuardBounds): number {
  // Only RL has an oracle's reward beside the reward.
  return rows.filter(
    ({ values }) => typeof values.gold_reward === 'number' && breachOf(values, bounds) !== null,
  ).length;
}

export const COLLAPSE =
  'A run has collapsed where the guard stopped it, or where an RL iteration has a mean exact KL to the reference above `guard_max_kl` or an entropy below `guard_min_entropy`, also where it recovered before the guard lost patience.';
