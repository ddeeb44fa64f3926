// Corrections: Holm's for several comparisons, Bonferroni's for looking at the results more than once.

/** Indices by p, smallest first. */
function order(ps: readonly number[]): number[] {
  return ps.map((_, i) => i).sort((a, b) => ps[a] - ps[b] || a - b);
}

/** Adjusted p values, in the order given (Holm 1979, Scandinavian Journal of Statistics 6:65). */
export function holmAdjusted(ps: readonly number[]): number[] {
  const adjusted = ps.map(() => 1);
  let most = 0;
  order(ps).forEach((at, k) => {
    most = Math.max(most, Math.min(1, (ps.length - k) * ps[at]));
    adjusted[at] = most;
  });
  return adjusted;
}

/**
 * The level of each comparison's interval: alpha / (m - k) for the k smaller ones before it, and from the first that is not significant on
 * the level of that one. An interval of that level excludes 0 exactly where Holm's procedure finds a difference.
 */
export function holmLevels(ps: readonly number[], alpha: number): number[] {
  const levels = ps.map(() => alpha);
  let level = alpha;
  let open = true;
  order(ps).forEach((at, k) => {
    if (open) level = alpha / (ps.length - k);
    open &&= ps[at] <= level;
    levels[at] = level;
  });
  return levels;
}

/**
 * The level of a test after so many looks, the last one counted: Bonferroni, which holds however many seeds each look added and
 * however they depend on what was seen. (Pocock's levels are a little larger, and ask for looks of equal size fixed before.)
 */
export function levelAfterLooks(alpha: number, looks: number): number {
  return alpha / looks;
}
