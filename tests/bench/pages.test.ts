// What the benchmark writes: Markdown tables, SVG curves, and the order of a run over made-up hosts.

import { describe, expect, it } from 'vitest';
import { logTicks } from '../../src/base/ticks.ts';
import { FAMILY_COLORS, resultCurves } from '../../src/bench/curves.ts';
import { resultsMarkdown } from '../../src/bench/markdown.ts';
import { type BenchHost, type BenchHosts, BenchRun } from '../../src/bench/run.ts';
import { SIZES } from '../../src/bench/task.ts';
import type { Reply, RunResult } from '../../src/bench/types.ts';
import { curveSvg } from '../../src/figures/logCurves.ts';
import { INK, scaleOf, spreadLabels } from '../../src/figures/svg.ts';
import { resultsOf, runOf } from './support.ts';

describe('Markdown', () => {
  it('holds verdicts, bounds, disqualifications and what was left out', () => {
    const page = resultsMarkdown(resultsOf(), [{ file: 'a.svg', title: 'A' }]);
    for (const text of [
      '- met    be fast. 9x.',
      '| tfjs webgpu, SwiftShader | over 6000 |',
      'tfjs wasm (DISQUALIFIED)',
      '**Disqualified at tiny**: tfjs wasm: loss is 7.',
      'left out: ours wgsl, SwiftShader: no such engine',
      '![A](a.svg)',
      'A quick run',
    ])
      expect(page).toContain(text);
    const table = page.split('\n').filter((line) => line.startsWith('| '));
    for (const line of table) expect(line).toMatch(/^\|( [^|]+ \|)+$/);
  });
});

/** Contrast ratio of WCAG 2.1 of two colours `#rrggbb`. */
function contrast(a: string, b: string): number {
  const luminance = (color: string) => {
    const [r, g, blue] = [1, 3, 5].map((at) => {
      const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
      return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * blue;
  };
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

describe('SVG', () => {
  it('draws a curve per contestant with its label, bounds hollow', () => {
    const files = resultCurves(resultsOf());
    expect(files.map(({ file }) => file)).toEqual(['engine-sft.svg', 'engine-rl.svg', 'engine-rollout.svg']);
    const [{ svg }] = files;
    expect(svg.match(/<circle/g)).toHaveLength(3);
    expect(svg.match(/<circle[^>]*fill="none"/g)).toHaveLength(1);
    expect(svg).toContain('>ours wasm<');
    expect(svg).toContain('>tfjs webgpu, SwiftShader<');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    // Every element is closed.
    const opened = svg.match(/<[a-z]+[^>]*[^/]>/g)?.length;
    expect(svg.match(/<\/[a-z]+>/g)?.length).toBe(opened);
  });

  it('escapes what it writes, and needs a point', () => {
    const chart = { title: 'a < b & "c"', xLabel: '', yLabel: '', series: [], xNames: [{ x: 1, name: '<' }] };
    expect(curveSvg(chart)).toContain('a &lt; b &amp; &quot;c&quot;');
    expect(() => curveSvg({ ...chart, xNames: [] })).toThrow(RangeError);
  });

  it('has colours for light and dark pages', () => {
    for (const color of [INK, ...Object.values(FAMILY_COLORS)]) {
      for (const ground of ['#ffffff', '#0d1117']) expect(contrast(color, ground), color).toBeGreaterThan(3);
    }
  });

  it('keeps labels apart, in order and inside', () => {
    const labels = spreadLabels([50, 50, 51, 300, 395, 399], 14, 10, 400);
    expect(labels.map((label) => Math.round(label * 10) / 10)).toEqual([36.3, 50.3, 64.3, 300, 386, 400]);
    expect(spreadLabels([5, 5], 14, 10, 400)).toEqual([10, 24]);
    expect(spreadLabels([], 14, 10, 400)).toEqual([]);
  });

  it('scales logarithmically', () => {
    const scale = scaleOf([1, 100], [0, 200], true);
    expect([1, 10, 100].map(scale).map(Math.round)).toEqual([0, 100, 200]);
    expect(logTicks(1, 10)).toEqual([1, 2, 5, 10]);
    expect(logTicks(0.5, 2000)).toEqual([1, 10, 100, 1000]);
  });
});

describe('a run', () => {
  const events = (log: string[], stopped = () => false) => ({
    say: (text: string) => void log.push(text),
    progress: () => undefined,
    stopped,
    now: () => 0,
  });
  const options = {
    sizes: SIZES.slice(0, 2),
    engines: ['wasm', 'tfjs-webgpu', 'jax-wasm'],
    capMs: 1000,
    repeats: 2,
  };

  /** A host whose contestants take a fixed time. */
  function host(
    answer: (key: string, name: string, round: number) => Reply<unknown>,
    calls: string[] = [],
  ): BenchHosts {
    const host: BenchHost = {
      call: async <T>(key: string, name: string, args: readonly unknown[]) => {
        if (name === 'run') calls.push(`${key} ${args.join(' ')}`);
        return answer(key, name, Number(args[1])) as Reply<T>;
      },
      end: async () => undefined,
    };
    return { pages: [{ ...host, adapter: 'opengles' }], torch: host };
  }
  const started = { words: 'x', simd: null };
  const result = (ms: number, loss = 5): Reply<RunResult> => ({
    kind: 'done',
    value: runOf({ ms, loss, sampled: { meanLogp: -5, meanScore: 0 } }),
    ms,
  });

  it('goes from contestant to contestant, and does not drop a slow one', async () => {
    const calls: string[] = [];
    const partial = { phase: null, phases: {}, tokens: 0 };
    const slow = host((key, name) => {
      if (name === 'start')
        return key === 'jax-wasm'
          ? { kind: 'failed', error: 'none' }
          : { kind: 'done', value: started, ms: 1 };
      return key === 'wasm' ? result(10) : { kind: 'over-cap', ms: 2000, partial };
    }, calls);
    const outcome = await new BenchRun(slow, options, events([])).run();
    expect(calls.slice(0, 4)).toEqual(['wasm sft 0', 'tfjs-webgpu sft 0', 'wasm sft 1', 'wasm sft 2']);
    expect(outcome.unavailable).toEqual([{ engine: 'jax-wasm', adapter: 'cpu', reason: 'none' }]);
    expect(
      outcome.cells.map(({ engine, size, measure, state }) => `${engine} ${size} ${measure} ${state}`),
    ).toEqual([
      'wasm tiny sft measured',
      'tfjs-webgpu tiny sft over-cap',
      'wasm tiny rl measured',
      'tfjs-webgpu tiny rl over-cap',
      'wasm small-b16 sft measured',
      'tfjs-webgpu small-b16 sft not-tried',
      'wasm small-b16 rl measured',
      'tfjs-webgpu small-b16 rl not-tried',
    ]);
  });

  it('stops at the cap, and throws out who computes something else', async () => {
    const log: string[] = [];
    const other = host((key, name) =>
      name === 'start' ? { kind: 'done', value: started, ms: 1 } : result(700, key === 'wasm' ? 5 : 6),
    );
    const outcome = await new BenchRun(
      other,
      { ...options, engines: ['wasm', 'jax-wasm'] },
      events(log),
    ).run();
    expect(outcome.cells[0]).toMatchObject({ engine: 'wasm', state: 'measured', runsMs: [700] });
    expect(outcome.disqualified.map(({ engine, size }) => `${engine} ${size}`)).toEqual([
      'jax-wasm tiny',
      'jax-wasm small-b16',
    ]);
    expect(log.join('\n')).toMatch(/DISQUALIFIED at tiny: jax-js wasm: loss before step 1 is 6/);
  });

  it('gives batches of the world to who takes them, and PyTorch a graphics adapter of the machine alone', async () => {
    const calls: string[] = [];
    const all = host(
      (_, name) => (name === 'start' ? { kind: 'done', value: started, ms: 1 } : result(1)),
      calls,
    );
    const sizes = SIZES.filter(({ name }) => name === 'quick-small');
    const engines = ['wasm', 'tfjs-wasm', 'torch-cpu', 'torch-cuda'];
    const outcome = await new BenchRun(all, { ...options, sizes, engines, repeats: 0 }, events([])).run();
    expect(calls).toEqual(
      ['sft', 'heads', 'rl'].flatMap((kind) => [`wasm ${kind} 0`, `torch-cpu ${kind} 0`]),
    );
    expect(outcome.cells.map(({ engine }) => engine)).not.toContain('tfjs-wasm');
  });

  it('keeps what is measured when it is stopped', async () => {
    let runs = 0;
    const fast = host((_, name) => {
      if (name === 'start') return { kind: 'done', value: started, ms: 1 };
      runs++;
      return result(1);
    });
    const outcome = await new BenchRun(
      fast,
      options,
      events([], () => runs >= 5),
    ).run();
    expect(outcome.interrupted).toBe(true);
    expect(outcome.cells.filter(({ state }) => state === 'measured')).toHaveLength(2);
    expect(outcome.cells.every(({ size }) => size === 'tiny')).toBe(true);
  });
});
