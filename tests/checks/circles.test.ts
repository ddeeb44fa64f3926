// No file imports itself by way of others; and the search for such circles finds them.

import { describe, expect, it } from 'vitest';
import { readSources } from './arrows.ts';
import { findCircles } from './circles.ts';

const file = (path: string, ...specifiers: string[]) => ({
  path,
  text: specifiers.map((specifier) => `import { x } from '${specifier}';`).join('\n'),
});

describe('findCircles', () => {
  it('finds circles of any length, by types and dynamic imports too', () => {
    const files = [
      { path: 'src/a.ts', text: "import type { B } from './b/b.ts';" },
      { path: 'src/b/b.ts', text: "const c = () => import('../c.ts');" },
      file('src/c.ts', './a.ts', './d.ts'),
      file('src/d.ts'),
      file('src/e.ts', './e.ts', 'preact'),
    ];
    expect(findCircles(files)).toEqual([
      ['src/a.ts', 'src/b/b.ts', 'src/c.ts', 'src/a.ts'],
      ['src/e.ts', 'src/e.ts'],
    ]);
  });

  it('lets a file be imported by several', () => {
    const files = [
      file('a.ts', './b.ts', './c.ts'),
      file('b.ts', './d.ts'),
      file('c.ts', './d.ts'),
      file('d.ts'),
    ];
    expect(findCircles(files)).toEqual([]);
  });
});

it('no sources import each other in a circle', () => {
  expect(findCircles(readSources('.'))).toEqual([]);
});
