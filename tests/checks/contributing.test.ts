// CONTRIBUTING.md is true: its blocks are applied to a copy of the sources, which then compiles and trains with them.

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

type Block = { language: string; path: string; lines: string[] };

function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(tsx?|diff) (\S+)\n([\s\S]*?)^```$/gm)].map(
    ([, language = '', path = '', text = '']) => ({ language, path, lines: text.split('\n').slice(0, -1) }),
  );
}

/** A diff of context lines, each found behind the one before by its beginning, and added lines. */
function applied(text: string, { path, lines }: Block): string {
  const result = text.split('\n');
  let at = 0;
  for (const line of lines) {
    if (line.startsWith('+')) {
      result.splice(at, 0, line.slice(1));
      at += 1;
      continue;
    }
    const found = result.findIndex((each, i) => i >= at && each.trim().startsWith(line.trim()));
    if (found < 0) throw new Error(`${path} has no line "${line.trim()}" there.`);
    at = found + 1;
  }
  return result.join('\n');
}

const SCRIPT = `
import { RUN_ID, samplesOf, tinySettings, trainTiny } from './tests/training/harness.ts';
const settings = tinySettings({ loss_type: 'mellow', example_share: 0.25 });
const { store, result } = await trainTiny({ settings });
const rows = await store.readMetrics(RUN_ID);
const batches = await samplesOf(store);
const { worldOf } = await import('./src/world/index.ts');
const world = worldOf(settings);
const families = batches.flatMap(({ promptIds }) => promptIds.map((id) => world.promptById(id).family));
console.log(JSON.stringify({
  status: result,
  losses: rows.filter(({ values }) => Number.isFinite(values.loss) && values['completions/distinct'] > 0).length,
  families: families.filter((family) => family === 'digit_color').length,
  share: settings.example_share,
}));
`;

/** Both tests start a process; on a busy machine that takes its time. */
const PATIENCE_MS = 300_000;

const copy = mkdtempSync(join(tmpdir(), 'cosmo-contributing-'));
afterAll(() => rmSync(copy, { recursive: true }));

beforeAll(() => {
  for (const path of [
    'src',
    'workers',
    'examples',
    'plans',
    'tests',
    'package.json',
    'tsconfig.json',
    'vite.config.ts',
    'vitest.config.ts',
  ])
    cpSync(path, join(copy, path), { recursive: true });
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'));
  const blocks = blocksOf(readFileSync('CONTRIBUTING.md', 'utf8'));
  expect(blocks).toHaveLength(10);
  for (const block of blocks) {
    const file = join(copy, block.path);
    mkdirSync(dirname(file), { recursive: true });
    const text =
      block.language === 'diff' ? applied(readFileSync(file, 'utf8'), block) : `${block.lines.join('\n')}\n`;
    writeFileSync(file, text);
  }
});

it(
  'everything that is added compiles',
  () => {
    const { status, stdout } = spawnSync('node_modules/.bin/tsc', {
      cwd: copy,
      encoding: 'utf8',
    });
    expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
  },
  PATIENCE_MS,
);

it(
  'a run trains with the loss, measures the metric and draws from the family',
  () => {
    writeFileSync(join(copy, 'train.ts'), SCRIPT);
    const printed = execFileSync(process.execPath, ['--import', 'tsx', 'train.ts'], {
      cwd: copy,
      encoding: 'utf8',
    });
    const { status, losses, families, share } = JSON.parse(printed.trim().split('\n').at(-1) ?? '');
    expect({ status, losses, share }).toEqual({ status: 'done', losses: 8, share: 0.25 });
    expect(families).toBeGreaterThan(0);
  },
  PATIENCE_MS,
);
