// The import rules find planted violations and let the rest pass; each source says its purpose on the first line.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { testFolder } from '../support/testFolder.ts';
import { checkImports } from './importRules.ts';
import { ARCHITECTURE, withRoomTable } from './roomTable.ts';

/** Violations of these files; what they import is there, and empty where it is not given. */
async function violationsOf(files: { [path: string]: string }): Promise<string[]> {
  const root = testFolder('import-rules');
  mkdirSync(join(root, 'src'));
  mkdirSync(join(root, 'workers'));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries(files)) {
    for (const [, target] of text.matchAll(/'(\.[^']+)'/g)) write(join(dirname(path), target!), 'export {};');
  }
  for (const [path, text] of Object.entries(files)) write(path, text);
  return (await checkImports(root)).violations;
}

describe('the import rules', () => {
  it('let allowed imports pass', async () => {
    const violations = await violationsOf({
      'src/config/a.ts': "import { b } from './b.ts';",
      'src/world/a.ts': "import { b } from '../config/index.ts';",
      'src/engine/wgsl/a.ts':
        "import * as tf from '@tensorflow/tfjs-core';\nimport { b } from '../../model/spec.ts';",
      'src/ui/parts/a.tsx':
        "import type { B } from '../../evaluation/index.ts';\nimport { h } from 'preact';\nimport { c } from '../browser/c.ts';",
      'src/ui/main.tsx': "import { x } from './shell/x.tsx';",
      'workers/a.worker.ts': "import { b } from '../src/engine/index.ts';",
      'src/cli/a.ts': "import { readFileSync } from 'node:fs';\nimport { b } from '../protocol/b.ts';",
      'src/cli/bench/a.ts': "import { b } from '../../bench/index.ts';",
    });
    expect(violations).toEqual([]);
  });

  it('find each kind of violation', async () => {
    const violations = await violationsOf({
      'src/config/a.ts': "import { b } from '../protocol/remote.ts';",
      'src/engine/a.ts': "\nexport * from '../rewards/index.ts';",
      'src/model/a.ts': "const b = () => import('../losses/index.ts');",
      'src/training/a.ts': "import * as tf from '@tensorflow/tfjs-core';",
      'src/ui/parts/a.ts': "import { b } from '../../storage/types.ts';",
      'src/ui/state/a.ts': "import type { B } from '../session/b.ts';",
      'src/rewards/a.ts': "import { b } from '../world/render.ts';",
      'src/random/a.ts': "import type { B } from '../../tests/b.ts';",
      'src/other/a.ts': "import { b } from './b.ts';",
      'src/figures/a.ts': "import type { B } from './b.ts';",
      'src/figures/b.ts': "import { a } from './a.ts';",
      'workers/a.worker.ts': "import { b } from '../src/ui/browser/b.ts';",
    });
    expect(violations.map((text) => text.split(':')[0]).sort()).toEqual([
      'src/config/a.ts -> src/protocol/remote.ts',
      'src/engine/a.ts -> src/rewards/index.ts',
      'src/figures/a.ts -> src/figures/b.ts -> src/figures/a.ts',
      'src/model/a.ts -> src/losses/index.ts',
      'src/other/a.ts -> src/other/b.ts',
      'src/random/a.ts -> tests/b.ts',
      'src/rewards/a.ts -> src/world/render.ts',
      'src/training/a.ts -> @tensorflow/tfjs-core',
      'src/ui/parts/a.ts -> src/storage/types.ts',
      'src/ui/state/a.ts -> src/ui/session/b.ts',
      'workers/a.worker.ts -> src/ui/browser/b.ts',
    ]);
  });

  it('say what is allowed', async () => {
    const violations = await violationsOf({ 'src/random/a.ts': "import { b } from '../config/index.ts';" });
    expect(violations).toEqual(['src/random/a.ts -> src/config/index.ts: random may import base']);
  });
});

it('each source says its purpose on the first line', () => {
  const silent = ['src', 'workers']
    .flatMap((top) => readdirSync(top, { recursive: true, encoding: 'utf8' }).map((name) => join(top, name)))
    .filter((path) => /\.(ts|tsx|mjs|js)$/.test(path))
    .filter((path) => !/^(\/\/|\/\*+) ?\S+ \S/.test(readFileSync(path, 'utf8')));
  expect(silent).toEqual([]);
});

it('docs/ARCHITECTURE.md shows the table of rooms (npx tsx tests/checks/roomTable.ts writes it)', () => {
  const text = readFileSync(ARCHITECTURE, 'utf8');
  expect(text).toBe(withRoomTable(text));
  expect(text).toContain('| `experiments` |');
});
