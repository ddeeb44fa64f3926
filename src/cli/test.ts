// `npm test`: every check and test in sections, then one line with the sum.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { addCounts, type Counts, countsLine, NO_COUNTS } from '../tooling/testCounts.ts';
import { PARTS, type Part, SECTIONS, type TestRun } from '../tooling/testSections.ts';

const HELP = `Usage: npm test -- [--only ${PARTS.join('|')}] [FILTER ...]

Runs, in this order: build of the kernels, formatter and linter, import rules, unused code, types, WebGPU in Node, unit
tests in Node, build of the page and its weight, browser tests. A failure does not stop the rest. The last line counts
everything; the exit code is 1 on a failure.

  --only PART   one of ${PARTS.join(', ')}
  FILTER        with --only unit or browser: parts of the names of test files to run
  --help        this text`;

function readArguments(args: readonly string[]): { help: boolean; only: Part | null; filters: string[] } {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { only: { type: 'string' }, help: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const only = PARTS.find((part) => part === values.only) ?? null;
  if (values.only !== undefined && only === null) {
    throw new Error(`--only is "${values.only}", but it must be one of ${PARTS.join(', ')}.`);
  }
  return { help: values.help, only, filters: positionals };
}

/** Runs one section; whatever goes wrong in it is one failure. */
async function runSection(name: string, action: () => Promise<Counts>): Promise<Counts> {
  console.log(`\n=== ${name}`);
  const start = performance.now();
  let counts: Counts;
  try {
    counts = await action();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    counts = { ...NO_COUNTS, failed: 1 };
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`--- ${name}: ${countsLine(counts)} (${seconds} s)`);
  return counts;
}

export async function main(args: readonly string[]): Promise<number> {
  let options: ReturnType<typeof readArguments>;
  try {
    options = readArguments(args);
  } catch (error) {
    console.error(`${(error as Error).message} See npm test -- --help.`);
    return 1;
  }
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const reportDir = mkdtempSync(join(tmpdir(), 'cosmo-test-'));
  const run: TestRun = { filters: options.filters, reportDir, excluded: [] };
  const sections = SECTIONS.filter(({ parts }) => options.only === null || parts.includes(options.only));
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
