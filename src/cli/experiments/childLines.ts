// What a child process of `npm run train` prints, read back: how far it is, and why it failed.

/** `2/7 heads 40 %` from a progress line of `npm run train`; empty where it is none. */
export function stageOfLine(text: string): string {
  const [, at, of, stage, done, total] = /^(\d+)\/(\d+) (\S+)\s+\[[#.]*\] (\d+)\/(\d+)/.exec(text) ?? [];
  if (stage === undefined) return '';
  return `${at}/${of} ${stage} ${Math.round((100 * Number(done)) / Math.max(1, Number(total)))} %`;
}

/** The sentence of the child that says why, the head of an error without one, or its last words. */
export function whyFailed(tail: readonly string[], code: number | null): string {
  const said = tail.find((line) => line.startsWith('The run failed: '));
  if (said !== undefined) return said.slice('The run failed: '.length);
  const thrown = tail.find((line) => /^(?:\w+: )?\w*Error\b.*: \S/.test(line));
  return thrown ?? tail.at(-1) ?? `it ended with exit code ${code}`;
}
