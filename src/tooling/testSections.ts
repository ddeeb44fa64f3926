// The sections of `npm test`: what each runs and how it counts.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlaygroundError } from '../base/errors.ts';
import { ensureKernels, ensurePage } from './build.ts';
import { requireChromium } from './chromium.ts';
import { requireFirefox } from './firefox.ts';
import { requireNodeWebGpu } from './nodeWebGpu.ts';
import { pageWeights, weightReport } from './pageWeight.ts';
import { binOf, runNode } from './process.ts';
import { requireSlurm } from './slurm.ts';
import { addCounts, type Counts, NO_COUNTS, playwrightCounts, vitestCounts } from './testCounts.ts';
import { requireWebKit } from './webkit.ts';

export const PARTS = ['unit', 'browser', 'walk', 'slurm', 'lint', 'types'] as const;
/** What `--only` chooses. */
export type Part = (typeof PARTS)[number];
/** The walk in further browsers and the plan on Slurm are run where they are asked for. */
export const BROWSERS = ['chromium', 'all'] as const;
export type Browsers = (typeof BROWSERS)[number];

/** The parts that a run of `npm test` has. */
export function partsOf(only: Part | null, browsers: Browsers): readonly Part[] {
  if (only !== null) return [only];
  return PARTS.filter((part) => part !== 'slurm' && (part !== 'walk' || browsers === 'all'));
}

/** `filters`: parts of test file names; `reportDir`: a folder for the reports of the runners. */
export type TestRun = {
  filters: readonly string[];
  reportDir: string;
  /** Projects of vitest.config.ts that this machine cannot run, as a section before has found and counted. */
  excluded: string[];
};

export type TestSection = { name: string; parts: readonly Part[]; run(run: TestRun): Promise<Counts> };

const PASSED: Counts = { ...NO_COUNTS, passed: 1 };
const FAILED: Counts = { ...NO_COUNTS, failed: 1 };

async function check(args: readonly string[]): Promise<Counts> {
  return (await runNode(args)) === 0 ? PASSED : FAILED;
}

/** All at once, for each takes one core. */
async function lint(): Promise<Counts> {
  const counts = await Promise.all([
    check([binOf('@biomejs/biome', 'biome'), 'check', '.']),
    check(['--import', 'tsx', 'tests/checks/imports.ts']),
    check([binOf('knip'), '--no-progress']),
  ]);
  return counts.reduce(addCounts);
}

async function vitestRun(run: TestRun, name: string, projects: readonly string[]): Promise<Counts> {
  const report = join(run.reportDir, `${name}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const chosen = projects.map((project) => `--project=${project}`);
  const code = await runNode([binOf('vitest'), 'run', ...reporters, ...chosen, ...run.filters]);
  if (!existsSync(report)) return FAILED;
  return vitestCounts(JSON.parse(readFileSync(report, 'utf8')), code);
}

const unitTests = (run: TestRun) =>
  vitestRun(
    run,
    'unit',
    ['slurm', ...run.excluded].map((project) => `!${project}`),
  );

async function slurmTest(run: TestRun): Promise<Counts> {
  const absent = absentOf({ Slurm: requireSlurm }, console.log, 'The plan on a cluster of');
  return absent.length > 0 ? { ...NO_COUNTS, skipped: 1 } : vitestRun(run, 'slurm', ['slurm']);
}

/** One failure where there is no WebGPU, instead of one in each of its tests. */
async function nodeWebGpu(run: TestRun): Promise<Counts> {
  run.excluded.push('gpu');
  console.log(`Adapter: ${requireNodeWebGpu()}`);
  run.excluded.pop();
  return PASSED;
}

async function playwrightTests(
  project: 'page' | 'walk',
  run: TestRun,
  flags: readonly string[] = [],
): Promise<Counts> {
  const report = join(run.reportDir, `${project}.json`);
  // A filter is a part of a file's name or of a test's; Playwright looks for an expression in both.
  const filter = run.filters.map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  const only = filter === '' ? [] : ['--grep', filter];
  const words = [
    binOf('@playwright/test', 'playwright'),
    'test',
    `--project=${project}`,
    '--reporter=list,json',
  ];
  const code = await runNode([...words, ...only, ...flags], {
    env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
  });
  if (!existsSync(report)) return FAILED;
  return playwrightCounts(JSON.parse(readFileSync(report, 'utf8')), code);
}

async function pageTests(run: TestRun): Promise<Counts> {
  requireChromium();
  return await playwrightTests('page', run);
}

/** Of these programs, those that this machine does not have; of each `say` gets one line that begins with what is then not done. */
export function absentOf(
  programs: { readonly [title: string]: () => unknown },
  say: (line: string) => void,
  what = 'The walk in',
): string[] {
  return Object.entries(programs).flatMap(([title, requireIt]) => {
    try {
      requireIt();
      return [];
    } catch (error) {
      if (!(error instanceof PlaygroundError) || error.code !== 'not-found') throw error;
      say(`${what} ${title} is skipped: ${error.text}`);
      return [title];
    }
  });
}

async function walk(run: TestRun): Promise<Counts> {
  requireChromium();
  const absent = absentOf({ Firefox: requireFirefox, WebKitGTK: requireWebKit }, console.log);
  const without = absent.length === 0 ? [] : ['--grep-invert', absent.join('|')];
  const counts = await playwrightTests('walk', run, without);
  return addCounts(counts, { ...NO_COUNTS, skipped: absent.length });
}

export const SECTIONS: readonly TestSection[] = [
  {
    name: 'WebAssembly kernels',
    parts: ['unit', 'browser', 'walk', 'slurm', 'types'],
    run: async () => {
      await ensureKernels();
      return PASSED;
    },
  },
  { name: 'format and lint, import rules, unused code', parts: ['lint'], run: lint },
  { name: 'types', parts: ['types'], run: () => check([binOf('@typescript/native', 'tsc')]) },
  { name: 'WebGPU in Node', parts: ['unit'], run: nodeWebGpu },
  { name: 'unit tests', parts: ['unit'], run: unitTests },
  {
    name: 'page build',
    parts: ['browser', 'walk'],
    run: async () => {
      await ensurePage();
      return PASSED;
    },
  },
  {
    name: 'page weight',
    parts: ['browser'],
    run: async () => {
      const { lines, over } = weightReport(pageWeights());
      for (const line of lines) console.log(line);
      return { ...NO_COUNTS, passed: lines.length - over, failed: over };
    },
  },
  { name: 'browser tests', parts: ['browser'], run: pageTests },
  { name: 'a plan on Slurm', parts: ['slurm'], run: slurmTest },
  { name: 'walk in Chromium, Firefox and WebKitGTK', parts: ['walk'], run: walk },
];
