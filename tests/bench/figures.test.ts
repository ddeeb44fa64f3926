// The benchmark's counts and words: operations, statistics, agreement, cells, verdicts, flags, exit codes.

import { describe, expect, it, vi } from 'vitest';
import { UsageError } from '../../src/base/errors.ts';
import { Agreement } from '../../src/bench/agreement.ts';
import { finishCell, newLog } from '../../src/bench/cell.ts';
import { ENGINES } from '../../src/bench/engines.ts';
import { graphFlops, needOf, sizeFigures } from '../../src/bench/flops.ts';
import { policyGradient } from '../../src/bench/page/ours.ts';
import { bestPeaks, exitCodeOf, withPeakShares } from '../../src/bench/results.ts';
import { spreadOf, threeDigits } from '../../src/bench/statistics.ts';
import { GROUP_SIZE, policySpec, RESPONSE_TOKENS, SIZES } from '../../src/bench/task.ts';
import type { Peak } from '../../src/bench/types.ts';
import { verdictsOf } from '../../src/bench/verdicts.ts';
import { workOf } from '../../src/bench/worldWork.ts';
import { main } from '../../src/cli/bench/command.ts';
import { engineOptions } from '../../src/cli/bench/flags.ts';
import { batchOf, cellOf, peakOf, runOf } from './support.ts';

describe('operations', () => {
  it('counts a small model by hand', () => {
    const spec = policySpec('tiny');
    // Width 32, 2 layers, no vision layers, 9 patches of 192 values, vocabulary 243; 1 item, 4 text rows, outputs of the last 2.
    const vision = 9 * (192 * 32 + 2 * 32 * 32);
    const hidden = 32 * 32 + 32 * 128 + 64 * 32;
    // The last layer makes keys and values of every row, and all else of the output rows.
    const text = 13 * (32 * 96 + hidden) + 13 * 32 * 64 + 2 * (32 * 32 + hidden);
    const head = 2 * 32 * 243;
    const pairs = 9 * 9 + 10 + 11 + 12 + 13 + (12 + 13);
    const attention = 2 * 32 * pairs;
    const forward = 2 * (vision + text + head + attention);
    const need = needOf(spec, batchOf(4, [1]), Int32Array.of(2, 3));
    expect(graphFlops(spec, spec.full, need, false)).toBe(forward);
    // Backward is twice forward, but for the gradient of the pixels.
    expect(graphFlops(spec, spec.full, need, true)).toBe(3 * forward - 2 * 9 * 192 * 32);
  });

  it('counts what a group has in common once', () => {
    const pictures = [1, 1, 1, 1, 1, 1];
    const rows = Int32Array.from(pictures, (_, b) => b * 7 + 6);
    const alone = batchOf(7, pictures);
    const need = needOf({ imageTokens: 2 }, { ...alone, shared: Int32Array.of(0, 4, 4, 0, 4, 4) }, rows);
    expect(need).toEqual({
      pictures: 2,
      texts: 2 * 4 + 6 * 3,
      sequences: 2 * 2 + 2 * 4 + 6 * 3,
      outputs: 6,
      pairs: 2 * (2 * 2 + 3 + 4 + 5 + 6) + 6 * (7 + 8 + 9),
      outputPairs: 6 * 9,
    });
    expect(needOf({ imageTokens: 2 }, alone, rows).pairs).toBe(6 * (2 * 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9));
  });

  it('counts neither padding nor pictures that are not there', () => {
    const batch = { ...batchOf(7, [1, 0]), lengths: Int32Array.of(3, 7) };
    expect(needOf({ imageTokens: 2 }, batch, Int32Array.of(2, 13))).toEqual({
      pictures: 1,
      texts: 10,
      sequences: 12,
      outputs: 2,
      pairs: 2 * 2 + (3 + 4 + 5) + (1 + 2 + 3 + 4 + 5 + 6 + 7),
      outputPairs: 5 + 7,
    });
  });

  it('grows with the batch, and the sizes stand in the order of their cost', () => {
    const figures = SIZES.filter(({ world }) => !world).map(sizeFigures);
    const of = (name: string) => figures.find((one) => one.name === name)!;
    expect(of('small-b128').flops.sft / of('small').flops.sft).toBeCloseTo(4, 10);
    const { rl, rollout, sft } = of('small').flops;
    expect(rl - rollout).toBeLessThan((5 / 3) * sft);
    expect(rl - rollout).toBeGreaterThan(0.8 * sft);
    const costs = figures.map(({ flops }) => flops.sft);
    expect(costs).toEqual([...costs].sort((a, b) => a - b));
  });

  it('counts the batches of the world, with steps of the classifier', () => {
    const size = SIZES.find(({ name }) => name === 'quick-small')!;
    const { flops, sampledTokens, trainedTokens } = sizeFigures(size);
    expect(sampledTokens).toBe(256 * 32);
    const work = workOf(size);
    const { sft, heads } = work;
    const { scoring, reference, update } = work.iteration(new Int32Array(sampledTokens));
    for (const parts of [scoring, reference, update])
      expect(parts.reduce((sum, { batch }) => sum + batch.batch, 0)).toBe(256);
    expect(flops.heads).toBeGreaterThan(0);
    // Of several lengths, with and without a picture, and in RL with a prompt in common.
    for (const { batch } of [...sft, ...heads]) {
      expect(new Set(batch.lengths).size).toBeGreaterThan(3);
      expect(new Set(batch.hasImage)).toEqual(new Set([0, 1]));
    }
    expect(trainedTokens).toBeLessThan(sft[0].batch.batch * sft[0].batch.time);
    expect([...update[0].batch.shared!].filter((common) => common > 0)).toHaveLength(64 - 64 / GROUP_SIZE);
  });
});

describe('statistics', () => {
  it('takes medians with min and max', () => {
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3, count: 3 });
    expect(spreadOf([4, 1])).toEqual({ median: 2.5, min: 1, max: 4, count: 2 });
    expect(spreadOf([])).toBeNull();
  });

  it('writes three digits', () => {
    expect([0.012345, 0.5, 4.567, 45.67, 456.7, 12345, 0].map(threeDigits)).toEqual([
      '0.0123',
      '0.500',
      '4.57',
      '45.7',
      '457',
      '12300',
      '0',
    ]);
  });
});

describe('agreement', () => {
  it('lets rounding pass and nothing else', () => {
    const agreement = new Agreement();
    expect(agreement.check('sft', 0, runOf({ loss: 5 }))).toBeNull();
    expect(agreement.check('sft', 0, runOf({ loss: 5.0005 }))).toBeNull();
    expect(agreement.check('sft', 0, runOf({ loss: 5.002 }))).toMatch(/loss before step 1 is 5\.00200/);
    expect(agreement.check('sft', 1, runOf({ loss: 4.8 }))).toBeNull();
    expect(agreement.check('sft', 1, runOf({ loss: 4.9 }))).toMatch(/step 2/);
    expect(agreement.check('sft', 2, runOf({ loss: Number.NaN }))).toMatch(/NaN/);
    expect(agreement.check('heads', 0, runOf({ loss: 1 }))).toBeNull();
    expect(agreement.check('heads', 0, runOf({ loss: 1.002 }))).toMatch(/1\.00200/);
    expect(agreement.check('rl', 0, runOf({ sampled: { meanLogp: -5, meanScore: 0 } }))).toBeNull();
    expect(agreement.check('rl', 0, runOf({ sampled: { meanLogp: -4, meanScore: 0 } }))).toMatch(/log-prob/);
    expect(agreement.check('rl', 1, runOf({ sampled: { meanLogp: -3, meanScore: 9 } }))).toBeNull();
  });
});

describe('cells', () => {
  const where = { engine: 'tfjs-cpu', adapter: 'cpu', size: 'tiny', measure: 'rl' } as const;
  const figures = sizeFigures(SIZES[0]);

  it('leaves the first run out where there are others', () => {
    const log = { ...newLog(), runs: [runOf({ ms: 900 }), runOf({ ms: 30 }), runOf({ ms: 10 })] };
    const cell = finishCell({ ...where, measure: 'sft' }, log, figures);
    expect(cell).toMatchObject({ state: 'measured', runsMs: [30, 10], firstMs: 900 });
    expect(cell.ms?.median).toBe(20);
    expect(cell.gflopPerSecond).toBeCloseTo(figures.flops.sft / 20e6, 10);
    const cold = finishCell({ ...where, measure: 'sft' }, { ...log, runs: log.runs.slice(0, 1) }, figures);
    expect(cold).toMatchObject({ state: 'cold', ms: { median: 900 } });
  });

  it('keeps what a cut-off run had', () => {
    const partial = { phase: 'rollout', phases: {}, tokens: 320 } as const;
    const log = { ...newLog(), cutOff: { ms: 4000, partial }, end: { state: 'over-cap', note: '' } as const };
    const cell = finishCell(where, log, figures);
    expect(cell).toMatchObject({ state: 'over-cap', tokensPerSecond: 80, gflopPerSecond: null });
    expect(cell.ms?.median).toBe(4000);
    const untried = finishCell(where, { ...newLog(), end: { state: 'not-tried', note: 'x' } }, figures);
    expect(untried).toMatchObject({ state: 'not-tried', ms: null, tokensPerSecond: null });
  });
});

describe('the policy loss', () => {
  it('has the gradient of its formula', () => {
    const length = 2 * RESPONSE_TOKENS;
    const values = (scale: number, shift: number) =>
      Float32Array.from({ length }, (_, i) => shift + scale * Math.sin(3 * i));
    const logp = values(0.4, -2);
    const part = {
      oldLogp: values(0.2, -2.05),
      referenceLogp: values(0.3, -1.9),
      advantages: Float32Array.of(1, -0.7),
    };
    const loss = (now: Float64Array) =>
      now.reduce((sum, value, i) => {
        const advantage = part.advantages[Math.floor(i / RESPONSE_TOKENS)];
        const ratio = Math.exp(value - part.oldLogp[i]);
        const clipped = Math.min(1.2, Math.max(0.8, ratio));
        const apart = part.referenceLogp[i] - value;
        return sum - Math.min(ratio * advantage, clipped * advantage) + 0.05 * (Math.exp(apart) - apart - 1);
      }, 0) / length;
    const offsets = Int32Array.of(0, RESPONSE_TOKENS, length);
    const gradient = policyGradient(logp, offsets, part);
    for (let i = 0; i < length; i++) {
      const [up, down] = [1e-5, -1e-5].map((step) =>
        loss(Float64Array.from(logp, (v, j) => (i === j ? v + step : v))),
      );
      expect(Math.abs((up - down) / 2e-5 - gradient[i])).toBeLessThan(1e-6);
    }
  });
});

describe('verdicts', () => {
  it('compares the default with the best of the others', () => {
    const cells = [
      cellOf('wasm', 'small', 'sft', { median: 10, peakShare: 0.4 }),
      cellOf('torch-cpu', 'small', 'sft', { median: 12 }),
      cellOf('tfjs-wasm', 'small', 'sft', { median: 100 }),
      cellOf('tfjs-cpu', 'small', 'sft', { median: 900, state: 'over-cap' }),
      cellOf('jax-wasm', 'small', 'sft', { median: 15, state: 'over-cap' }),
    ];
    const verdicts = verdictsOf({ cells, disqualified: [], defaults: [], sizes: [] });
    const of = (words: string) => verdicts.find(({ target }) => target.includes(words))!;
    expect(of('SFT step at small: ours (ours wasm) at least 6x')).toMatchObject({ met: true });
    // Cut off too early to say.
    expect(of('SFT step at small: ours (ours wasm) at least 2x')).toMatchObject({ met: null });
    expect(of('SFT step at small: ours wasm at least 35 %')).toMatchObject({ met: true });
    const torch = of('SFT step at small: ours wasm in at most 0.75x');
    expect(torch).toMatchObject({ met: false });
    expect(torch.text).toMatch(/^0\.83x: 10\.0 ms against 12\.0 ms/);
    expect(of('RL iteration at small')).toMatchObject({ met: null });
    const out = verdictsOf({
      cells,
      disqualified: [{ engine: 'tfjs-wasm', adapter: 'cpu', size: 'tiny', reason: '' }],
      defaults: [],
      sizes: [],
    });
    expect(
      out.find(({ target }) => target.includes('SFT step at small: ours (ours wasm) at least 6x'))?.text,
    ).toMatch(/^at least 90\.0x/);
  });

  it('takes a size that was not tried to be no faster than one that asks for less', () => {
    const sizes = SIZES.map(sizeFigures);
    const bound = (cutAt: string) =>
      verdictsOf({
        cells: [
          cellOf('wgsl', 'small', 'sft', { median: 100, adapter: 'swiftshader' }),
          cellOf('tfjs-webgpu', cutAt, 'sft', { median: 5000, state: 'over-cap', adapter: 'swiftshader' }),
          {
            ...cellOf('tfjs-webgpu', 'small', 'sft', {
              median: 0,
              state: 'not-tried',
              adapter: 'swiftshader',
            }),
            ms: null,
          },
        ],
        disqualified: [],
        defaults: [],
        sizes,
      }).find(({ target }) => target.includes('SFT step at small: ours wgsl'));
    expect(bound('small-b16')).toMatchObject({ met: true });
    expect(bound('small-b16')?.text).toMatch(/^at least 50\.0x.*at small-b16/);
    // A larger batch says nothing of a smaller one.
    expect(bound('small-b128')).toMatchObject({ met: null });
  });

  it('compares sampling by tokens a second', () => {
    const cells = [
      cellOf('wasm', 'base', 'rl', { median: 10, tokensPerSecond: 300 }),
      cellOf('torch-cpu', 'base', 'rl', { median: 10, tokensPerSecond: 100 }),
    ];
    const verdict = verdictsOf({ cells, disqualified: [], defaults: [], sizes: [] }).find(({ target }) =>
      target.startsWith('Rollout at base'),
    );
    expect(verdict).toMatchObject({ met: false });
    expect(verdict?.text).toMatch(/^3\.00x/);
  });
});

describe('the exit code', () => {
  it('is 1 where the run was stopped or an engine of ours is broken', () => {
    const fine = { interrupted: false, cells: [], disqualified: [] };
    const failed = cellOf('wasm', 'tiny', 'sft', { median: 1, state: 'failed' });
    expect(exitCodeOf(fine)).toBe(0);
    expect(exitCodeOf({ ...fine, interrupted: true })).toBe(1);
    expect(exitCodeOf({ ...fine, cells: [failed] })).toBe(1);
    expect(exitCodeOf({ ...fine, cells: [{ ...failed, engine: 'tfjs-cpu' }] })).toBe(0);
    const out = { engine: 'wgsl', adapter: 'opengles', size: 'tiny', reason: '' } as const;
    expect(exitCodeOf({ ...fine, disqualified: [out] })).toBe(1);
  });

  it('takes the best of several peaks, and shares of it', () => {
    const [fused, plain] = [peakOf('fused', 10), peakOf('plain', 5)];
    const peaks = bestPeaks([fused, plain, { ...fused, gflopPerSecond: 8, copyGbPerSecond: 12 }]);
    expect(peaks).toEqual([{ ...fused, copyGbPerSecond: 12 }, plain]);
    const cells = ['wasm', 'wasm-plain', 'torch-cpu'].map((engine) => ({
      ...cellOf(engine, 'tiny', 'sft', { median: 1 }),
      gflopPerSecond: 4,
    }));
    const ran = (engine: string, simd: Peak['simd']) =>
      ({ engine, adapter: 'cpu', words: '', simd }) as const;
    const adapters = [ran('wasm', 'fused'), ran('wasm-plain', 'plain'), ran('torch-cpu', null)];
    // Of the build that ran; others of the faster one.
    expect(withPeakShares(cells, peaks, adapters).map(({ peakShare }) => peakShare)).toEqual([0.4, 0.8, 0.4]);
  });
});

describe('the command', () => {
  it('helps with 0 and refuses with 2, before anything is built', async () => {
    const written: string[] = [];
    const print = vi.spyOn(console, 'log').mockImplementation((text: string) => void written.push(text));
    const complain = vi.spyOn(console, 'error').mockImplementation((text: string) => void written.push(text));
    expect(await main(['--help'])).toBe(0);
    expect(await main(['--suite', 'world'])).toBe(2);
    print.mockRestore();
    complain.mockRestore();
    expect(written[0]).toContain('npm run bench');
    for (const { id } of ENGINES) expect(written[0]).toContain(id);
    expect(written[1]).toBe('--suite is "world". Choose one of: engine, page.');
  });
});

describe('flags', () => {
  const parse = (words: readonly string[]) => engineOptions(main.read(words));

  it('have defaults', () => {
    const command = parse([]);
    expect(command).toMatchObject({
      quick: false,
      capMs: 60_000,
      repeats: 7,
      isolated: true,
      json: null,
    });
    expect(command).toMatchObject({
      sizes: SIZES.map(({ name }) => name),
      engines: ENGINES.map(({ id }) => id),
    });
    expect(parse(['--quick'])).toMatchObject({
      sizes: ['tiny', 'small'],
      capMs: 6000,
      repeats: 3,
    });
  });

  it('are read', () => {
    const words =
      '--suite engine --json a.json --out docs --sizes base,tiny --engines jax,wasm --adapters system';
    const more = ['--cap', '2.5', '--repeats', '4', '--no-isolation'];
    expect(parse([...words.split(' '), ...more])).toEqual({
      json: 'a.json',
      out: 'docs',
      quick: false,
      sizes: ['tiny', 'base'],
      engines: ['wasm', 'jax-webgpu', 'jax-wasm'],
      adapters: ['system'],
      isolated: false,
      capMs: 2500,
      repeats: 4,
    });
  });

  it.each([
    [['--sizes', 'huge'], /"huge" is none of tiny/],
    [['--engines', 'pytorch'], /"pytorch" is none of wasm/],
    [['--adapters', ''], /none of swiftshader/],
    [['--cap', '0'], /--cap is "0"/],
    [['--repeats', '2.5'], /--repeats is "2.5"/],
    [['--cup', '1'], /no flag --cup/],
    [['stray'], /no flag/],
  ])('refuses %j', (words, text) => {
    expect(() => parse(words)).toThrow(UsageError);
    expect(() => parse(words)).toThrow(text);
  });
});
