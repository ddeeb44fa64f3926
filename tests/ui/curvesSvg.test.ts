// Curves as SVG: well-formed, to scale, with dashes and legend; hard data break nothing.

import { describe, expect, it } from 'vitest';
import { linearTicks } from '../../src/base/ticks.ts';
import { curvesSvg, type SvgChart } from '../../src/figures/curves.ts';

const colors = { ink: '#111111', soft: '#555555', line: '#dddddd', paper: '#ffffff' };
const chart = (over: Partial<SvgChart> = {}): SvgChart => ({
  title: 'Reward',
  xLabel: 'step',
  colors,
  curves: [
    { label: 'a', color: '#0b5cad', dash: [], x: [0, 5, 10], y: [0, null, 1] },
    { label: 'b', color: '#c2540a', dash: [7, 4], x: [0, 10], y: [1, 0] },
  ],
  ...over,
});
/** Numbers of the path of a colour in the plot; the one in the legend comes after it. */
const pathOf = (svg: string, color: string): number[] => {
  const [, path = ''] = new RegExp(`<path d="(M[^"]*L[^"]*)"[^>]*stroke="${color}"`).exec(svg) ?? [];
  return [...path.matchAll(/-?[\d.]+/g)].map(Number);
};

describe('curvesSvg', () => {
  it('draws the lines to scale, over gaps, with dash and name', () => {
    const svg = curvesSvg(chart({ range: [0, 1] }));
    const [x1 = 0, low = 0, x2 = 0, high = 0] = pathOf(svg, '#0b5cad');
    expect(pathOf(svg, '#c2540a')).toEqual([x1, high, x2, low]);
    expect(low).toBeGreaterThan(high);
    expect(svg).toContain('stroke-dasharray="7 4"');
    expect(svg).toContain('>a</text>');
    expect(svg).toContain('>b</text>');
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('escapes what it is given', () => {
    const svg = curvesSvg(chart({ title: '<script>"&\u0001' }));
    expect(svg).toContain('&lt;script&gt;&quot;&amp;<');
    expect(svg).not.toContain('<script>');
  });

  it('leaves out of a log axis what has no logarithm', () => {
    const y = [0, -1, 1, 100];
    const svg = curvesSvg(
      chart({ logScale: true, curves: [{ label: 'a', color: '#0b5cad', dash: [], x: [1, 2, 3, 4], y }] }),
    );
    expect(pathOf(svg, '#0b5cad')).toHaveLength(4);
    expect(svg).not.toMatch(/NaN|Infinity/);
  });

  it.each([
    ['nothing', [], []],
    ['gaps only', [1, 2], [null, null]],
    ['one point', [3], [7]],
    ['equal values', [1, 2, 3], [5, 5, 5]],
    ['no finite values', [1, 2], [Number.NaN, Infinity]],
    ['tiny values', [1, 2], [1e-12, 2e-12]],
  ])('%s is drawn without a number that is none', (_, x, y) => {
    const svg = curvesSvg(chart({ curves: [{ label: 'a', color: '#0b5cad', dash: [], x, y }] }));
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(svg).toContain('>a</text>');
  });

  it('marks where stages begin, inside the axis', () => {
    const svg = curvesSvg(
      chart({
        marks: [
          { x: 5, label: 'Stage 1' },
          { x: 99, label: 'Stage 2' },
        ],
      }),
    );
    expect(svg).toContain('>Stage 1</text>');
    expect(svg).not.toContain('Stage 2');
  });
});

describe('linearTicks', () => {
  it('are round and inside', () => {
    expect(linearTicks(0, 1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(linearTicks(-3, 17)).toEqual([0, 5, 10, 15]);
    expect(linearTicks(4, 4)).toEqual([4]);
  });
});
