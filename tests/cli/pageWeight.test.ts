// The weight of the page: what is loaded at once, what a view adds, and what is too large.

import { expect, it } from 'vitest';
import { weigh, weightReport } from '../../src/tooling/pageWeight.ts';

const MANIFEST = {
  'index.html': { file: 'index.js', imports: ['_shared.js'], css: ['index.css'] },
  '_shared.js': { file: 'shared.js' },
  '_plot.js': { file: 'plot.js', imports: ['_shared.js'], css: ['plot.css'] },
  'src/ui/views/train/TrainView.tsx': { file: 'train.js', imports: ['index.html', '_plot.js'] },
  'src/ui/views/runs/RunsView.tsx': { file: 'runs.js', imports: ['_plot.js', '_shared.js'] },
};
const SIZES: { readonly [file: string]: number } = {
  'index.html': 1,
  'index.js': 60,
  'index.css': 10,
  'shared.js': 30,
  'plot.js': 20,
  'plot.css': 2,
  'train.js': 19,
  'runs.js': 5,
};

it('counts each file once, and for a view what was not there before', () => {
  const weights = weigh(MANIFEST, (file) => SIZES[file]!);
  expect(weights).toEqual([
    { name: 'before the first paint', sizeKb: 101, limitKb: 110 },
    { name: 'view Train', sizeKb: 41, limitKb: 40 },
    { name: 'view Runs', sizeKb: 27, limitKb: 40 },
  ]);
  const { lines, over } = weightReport(weights);
  expect(over).toBe(1);
  expect(lines[1]).toMatch(/41\.0 KB of 40 {2}view Train {2}TOO LARGE/);
});
