// The arrows check finds what it should and lets the rest pass.

import { describe, expect, it } from 'vitest';
import { checkArrows } from './arrows.ts';
import { findImports } from './imports.ts';

const PURPOSE = '// Does a thing.\n';

function offencesOf(path: string, code: string): string[] {
  return checkArrows([{ path, text: PURPOSE + code }]).map(({ line, message }) => `${line} ${message}`);
}

describe('findImports', () => {
  it('finds every form, with its line', () => {
    const text = [
      "import 'a';",
      "import b, { c } from 'b';",
      'import {',
      '  type D,',
      '  e,',
      "} from 'c';",
      "export * from 'd';",
      "export type { F } from 'e';",
      "import { type G, type H } from 'f';",
      "import type I from 'g';",
      "const j = await import('h');",
      "import('i').then((m) => m);",
      "let k: import('j').K;",
      "new Worker(new URL('../workers/k.ts', import.meta.url));",
      "type L = typeof import('l');",
      "import type from 'm';",
    ].join('\n');
    const found = findImports(text).map(
      (one) => `${one.line} ${one.specifier}${one.typeOnly ? ' type' : ''}`,
    );
    expect(found).toEqual([
      '1 a',
      '2 b',
      '3 c',
      '7 d',
      '8 e type',
      '9 f type',
      '10 g type',
      '11 h',
      '12 i',
      '13 j type',
      '14 ../workers/k.ts',
      '15 l type',
      '16 m',
    ]);
  });

  it('passes over comments and other uses of the words', () => {
    const text = [
      "// import a from 'a';",
      " * import b from 'b';",
      "/* import('c') */",
      "const from = 'd';",
      "x(); // see import('e')",
      'const where = import.meta.url;',
      'export const importance = 1;',
    ].join('\n');
    expect(findImports(text)).toEqual([]);
  });
});

describe('checkArrows', () => {
  it.each([
    ['src/config/a.ts', "import { b } from './b.ts';"],
    ['src/engine/a.ts', "import url from '../../node_modules/@tensorflow/x/y.wasm?url';"],
    ['src/world/a.ts', "import { b } from '../config/index.ts';"],
    [
      'src/engine/wgsl/a.ts',
      "import * as tf from '@tensorflow/tfjs-core';\nimport { b } from '../../model/spec.ts';",
    ],
    [
      'src/ui/parts/a.tsx',
      "import type { B } from '../../evaluation/types.ts';\nimport { h } from 'preact';",
    ],
    [
      'src/ui/a.ts',
      "new Worker(new URL('../../workers/train.worker.ts', import.meta.url), { type: 'module' });",
    ],
    [
      'workers/a.worker.ts',
      "import { b } from '../src/engine/index.ts';\nimport { c } from '../src/storage/index.ts';",
    ],
    ['src/cli/a.ts', "import { readFileSync } from 'node:fs';\nimport { b } from '../storage/zip.ts';"],
    ['src/conformance/command.ts', "import { b } from '../losses/table.ts';"],
  ])('lets %s pass with %s', (path, code) => {
    expect(offencesOf(path, code)).toEqual([]);
  });

  it.each([
    [
      'src/config/a.ts',
      "import { b } from '../protocol/errors.ts';",
      '2 config imports protocol, but may import base, terms',
    ],
    [
      'src/engine/a.ts',
      "\nimport '../rewards/index.ts';",
      '3 engine imports rewards, but may import base, terms, config, model, random',
    ],
    [
      'src/engine/a/b.ts',
      "export * from '../../world/x.ts';",
      '2 engine imports world, but may import base, terms, config, model, random',
    ],
    [
      'src/training/a.ts',
      "import * as tf from '@tensorflow/tfjs-core';",
      '2 training imports @tensorflow/tfjs-core, but @tensorflow belongs to src/engine alone',
    ],
    [
      'workers/a.ts',
      "await import('@tensorflow/tfjs');",
      '2 workers imports @tensorflow/tfjs, but @tensorflow belongs to src/engine alone',
    ],
    [
      'src/ui/a.ts',
      "import { b } from '../evaluation/x.ts';",
      '2 ui imports evaluation, but may import base, terms, config, figures, protocol, evaluation (types), storage (types)',
    ],
    [
      'src/world/a.ts',
      "import { b } from '../../tests/x.ts';",
      '2 world imports ../../tests/x.ts, which is in no room',
    ],
    ['src/other/a.ts', '', '1 the file is in no room of the table'],
  ])('stops %s with %s', (path, code, message) => {
    expect(offencesOf(path, code)).toEqual([message]);
  });

  it('asks for a purpose on the first line', () => {
    const texts = ['export const a = 1;', '\n// Late.', '//', '// x'];
    for (const text of texts) {
      expect(checkArrows([{ path: 'src/config/a.ts', text }])).toEqual([
        { path: 'src/config/a.ts', line: 1, message: expect.stringContaining('purpose') },
      ]);
    }
  });
});
