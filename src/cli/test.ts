// `npm test`: every check and test in sections, then one line with the sum.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf, PlaygroundError } from '../base/errors.ts';
import { addCounts, type Counts, countsLine, NO_COUNTS } from '../tooling/testCounts.ts';
import { BROWSERS, PARTS, type Part, partsOf, SECTIONS, type TestRun } from '../tooling/testSections.ts';
import { command } from './command.ts';
import { choiceFlag } from './flag.ts';

export const main = command({
  line: 'npm test',
  about: `Runs, in this order: build of the kernels, formatter and linter, import rules, unused code, types, WebGPU in Node, unit
tests in Node, build of the page and its weight, browser tests in Chromium; with --browsers all then the same walk through the
page in Chromium, Firefox and WebKitGTK. A failure does not stop the rest. The last line counts everything.
Exit code: 0 nothing failed, 1 something did, 2 the command was not understood.
FILTER, with --only unit, browser or walk: parts of the names of test files to run.`,
  flags: {
    only: choiceFlag<Part, Part | null>(PARTS, 'This part alone.', null),
    browsers: choiceFlag(BROWSERS, 'all: with the walk in three browsers.', 'chromium'),
  },
  words: '[FILTER ...]',
  run: ({ only, browsers, words }) => runSections(partsOf(only, browsers), words),
});

/** Runs one section; whatever goes wrong in it is one failure. */
async function runSection(name: string, action: () => Promise<Counts>): Promise<Counts> {
  console.log(`\n=== ${name}`);
  const start = performance.now();
  let counts: Counts;
  try {
    counts = await action();
  } catch (error) {
    console.error(error instanceof PlaygroundError ? error.text : messageOf(error));
    counts = { ...NO_COUNTS, failed: 1 };
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`--- ${name}: ${countsLine(counts)} (${seconds} s)`);
  return counts;
}

async function runSections(wanted: readonly Part[], filters: readonly string[]): Promise<number> {
  const reportDir = mkdtempSync(join(tmpdir(), 'cosmo-test-'));
  const run: TestRun = { filters, reportDir, excluded: [] };
  const sections = SECTIONS.filter(({ parts }) => parts.some((part) => wanted.includes(part)));
  const failed: string[] = [];
  let total = NO_COUNTS;
  try {
    for (const section of sections) {
      const counts = await runSection(section.name, () => section.run(run));
      if (counts.failed > 0) failed.push(section.name);
      total = addCounts(total, counts);
    }
  } finally {
    rmSync(reportDir, { recursive: true, force: true });
  }
  console.log(failed.length > 0 ? `\nFailed: ${failed.join(', ')}.` : '');
  console.log(countsLine(total));
  return total.failed > 0 ? 1 : 0;
}
