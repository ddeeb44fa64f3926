// Runs tests/browser/*.browser.ts, one after the other, against the built page in Chromium.
//
// tsx tests/browser/run.ts [--headed] [--report FILE] [FILTER ...]: a filter is a part of a file's or a test's name.

import { readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { PlaygroundError } from '../../src/base/errors.ts';
import { requireChromium } from '../../src/tooling/chromium.ts';
import { servePage } from '../../src/tooling/serve.ts';
import { BrowserSession } from './session.ts';
import type { BrowserTest } from './types.ts';

/** Away from the port of `npm start`, which may be running. */
const TEST_PORT = 4273;
const HERE = dirname(fileURLToPath(import.meta.url));
const SUFFIX = '.browser.ts';

type Outcome = { passed: number; failed: number; skipped: number };

function matches(filters: readonly string[], ...names: string[]): boolean {
  return filters.length === 0 || filters.some((filter) => names.some((name) => name.includes(filter)));
}

/** Tests of a file that the filters choose. @throws where the file does not load or exports no tests. */
async function testsOf(file: string, filters: readonly string[]): Promise<BrowserTest[]> {
  const module = (await import(pathToFileURL(file).href)) as { tests?: BrowserTest[] };
  if (!Array.isArray(module.tests)) throw new Error(`${file} exports no array \`tests\`.`);
  return module.tests.filter((test) => matches(filters, file, test.name));
}

function report(file: string, name: string, startMs: number, complaint: string | null): void {
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  console.log(`${complaint === null ? 'pass' : 'FAIL'}  ${basename(file, SUFFIX)}: ${name} (${seconds} s)`);
  if (complaint !== null) console.log(complaint.replace(/^/gm, '      '));
}

async function runFile(file: string, filters: readonly string[], session: BrowserSession, outcome: Outcome) {
  let tests: BrowserTest[];
  try {
    tests = await testsOf(file, filters);
  } catch (error) {
    outcome.failed++;
    report(
      file,
      'loads',
      performance.now(),
      error instanceof Error ? (error.stack ?? error.message) : String(error),
    );
    return;
  }
  for (const test of tests) {
    const start = performance.now();
    const complaint = await session.run(test);
    outcome[complaint === null ? 'passed' : 'failed']++;
    report(file, test.name, start, complaint);
  }
}

const { values, positionals } = parseArgs({
  options: { headed: { type: 'boolean', default: false }, report: { type: 'string' } },
  allowPositionals: true,
});
const files = readdirSync(HERE)
  .filter((name) => name.endsWith(SUFFIX))
  .sort()
  .map((name) => join(HERE, name));
const outcome: Outcome = { passed: 0, failed: 0, skipped: 0 };
// A rejection that a test left unattended must not end the run of the others.
process.on('unhandledRejection', (reason) => console.error('Unattended rejection:', reason));
try {
  requireChromium();
} catch (error) {
  console.error(error instanceof PlaygroundError ? error.text : error);
  process.exit(1);
}
const server = await servePage(TEST_PORT);
const session = new BrowserSession(server.url, !values.headed);
for (const file of files) await runFile(file, positionals, session, outcome);
await session.close();
if (values.report !== undefined) writeFileSync(values.report, JSON.stringify(outcome));
process.exit(outcome.failed > 0 ? 1 : 0);
