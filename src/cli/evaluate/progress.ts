// Progress of an evaluation on standard error: a bar with the time left on a terminal, a line per part elsewhere.

import { clock } from '../../evaluation/index.ts';
import { bar } from '../progress.ts';

export type ShowProgress = (label: string, done: number, total: number) => void;

/** `done` of `total` since this call; where the output is no terminal, a line each time `label` changes and at the end. */
export function progressShown(
  sink: { isTTY?: boolean; write: (text: string) => unknown } = process.stderr,
  now: () => number = () => performance.now(),
): ShowProgress {
  const startedAt = now();
  let last = '';
  return (label, done, total) => {
    const elapsed = now() - startedAt;
    const left = done > 0 ? `about ${clock((elapsed / done) * (total - done))} left` : 'time left not known';
    const line = `${label.padEnd(8)} ${bar(done, total)} ${clock(elapsed)}, ${left}`;
    if (sink.isTTY) sink.write(`\r${line}${done === total ? '\n' : ''}`);
    else if (label !== last || done === total) sink.write(`${line}\n`);
    last = label;
  };
}
