// The nearest known word to a mistyped one, for "did you mean" hints.

/** Levenshtein distance between two words (insertions, deletions and replacements count 1 each). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

const wordsOf = (name: string) => name.split(/[^a-z0-9]+/).filter((word) => word !== '');

/** Whether two words of names are one, or one cut short: `coef` and `coefficient`, `step` and `steps`. */
function isSameWord(a: string, b: string): boolean {
  return a === b || (Math.min(a.length, b.length) >= 4 && (a.startsWith(b) || b.startsWith(a)));
}

/** A slip of the fingers is nearest; else the name that shares most words; else the one with the smallest edit distance. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const typed = word.slice(0, 100).toLowerCase();
  const rated = candidates.map((candidate) => {
    const name = candidate.toLowerCase();
    const distance = editDistance(typed, name);
    const known = wordsOf(name);
    const shared = wordsOf(typed).filter((each) => known.some((other) => isSameWord(each, other))).length;
    return { candidate, distance, shared: distance <= 2 ? Number.POSITIVE_INFINITY : shared };
  });
  const most = rated.reduce((max, { shared }) => Math.max(max, shared), 0);
  const left = rated.filter(({ shared }) => shared === most);
  return left.reduce<(typeof left)[number] | undefined>(
    (best, each) => (best && best.distance <= each.distance ? best : each),
    undefined,
  )?.candidate;
}
