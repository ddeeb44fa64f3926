// A plan as data: what it is read as, which cells and runs it gives, and what is said of one that cannot be run.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlaygroundError } from '../../src/base/errors.ts';
import { forkIndex, resolvePreset } from '../../src/config/index.ts';
import type { BaseRun } from '../../src/experiments/cells.ts';
import { expand } from '../../src/experiments/expand.ts';
import {
  otherPlan,
  type PlanInput,
  planOfInput,
  planText,
  readPlan,
} from '../../src/experiments/planFile.ts';
import { readReleaseList } from '../../src/releases/format.ts';

const [model] = readReleaseList(new Uint8Array(readFileSync('public/models/index.json')));
const fromModel: BaseRun = { settings: model.settings, preset: model.preset, stage: 'heads' };
const quick: BaseRun = { settings: resolvePreset('quick').settings, preset: 'quick', stage: null };

const input = {
  name: 'drift',
  base: { model: 'qwen-mini', after: 'heads' },
  factors: [
    { setting: 'policy_drift_coef', values: [0, 0.01, 0.1] },
    { setting: 'epochs', values: [1, 4] },
  ],
  seeds: [11, 12],
} satisfies PlanInput;
const whole = (over: Partial<PlanInput>): PlanInput => ({ ...input, base: { preset: 'quick' }, ...over });

function told(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof PlaygroundError) return error.text;
    throw error;
  }
  throw new Error('Nothing was said.');
}

describe('a plan', () => {
  it('is the same after it was written and read', () => {
    const plan = planOfInput(input);
    expect(readPlan(JSON.parse(planText(plan)))).toEqual(plan);
    expect(plan).toMatchObject({
      metrics: ['mean', 'safe', 'helped'],
      equal: 1,
      overrides: {},
      addedSeeds: [],
    });
  });

  it.each<[string, object, RegExp]>([
    ['no plan', { kind: 'cosmo-results' }, /it is no plan/],
    ['another version', { ...planOfInput(input), version: 2 }, /version 2, and this program reads version 1/],
    ['an unknown entry', { ...planOfInput(input), seed: 3 }, /seed/],
    ['no seeds', { ...planOfInput(input), seeds: [] }, /seeds is not valid/],
    ['a seed that is none', { ...planOfInput(input), seeds: [1.5] }, /seeds\.0/],
    ['a seed twice', { ...planOfInput(input), addedSeeds: [[12]] }, /seed 12 is in it twice/],
    ['a setting twice', { ...planOfInput(input), overrides: { epochs: 2 } }, /epochs is set in it twice/],
    ['an unknown metric', { ...planOfInput(input), metrics: ['saef'] }, /nearest known one is safe/],
  ])('of %s is refused in a sentence', (_, json, text) => {
    expect(told(() => readPlan(json))).toMatch(text);
  });

  it('never throws anything but its own sentence, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.jsonValue(), fc.record({ kind: fc.constant('cosmo-plan'), version: fc.jsonValue() })),
        (json) => {
          expect(told(() => readPlan(json))).toMatch(/^The plan cannot be used: /);
        },
      ),
    );
  });

  it('goes on with one that has fewer values or looks, and is another one with another base, change or seeds', () => {
    const plan = planOfInput(input);
    const other = (over: Partial<PlanInput>) => otherPlan(plan, planOfInput({ ...input, ...over }));
    expect(other({ addedSeeds: [[13]], name: 'x' })).toBeNull();
    expect(other({ factors: [{ setting: 'policy_drift_coef', values: [1] }, input.factors[1]] })).toBeNull();
    expect(other({ base: { after: 'heads', model: 'qwen-mini' } })).toBeNull();
    expect(other({ base: { preset: 'quick' } })).toBe('base qwen-mini@heads, not quick');
    expect(other({ factors: [input.factors[1]] })).toBe('it varies policy_drift_coef, epochs, not epochs');
    expect(other({ overrides: { beta: 1 } })).toBe('other overrides');
    expect(other({ seeds: [1] })).toBe('seeds 11, 12, not 1');
  });
});

describe('a plan with named cells', () => {
  const named: PlanInput = {
    ...{ name: 'named', base: { preset: 'quick' }, seeds: [1] },
    foundations: { base: {}, other: { backbone: 'internvl-mini' } },
    cells: [
      { name: 'joint', title: 'joint', foundation: 'base' },
      {
        name: 'fast',
        title: 'fast',
        preset: 'grpo',
        change: { stage2_learning_rate: { times: 5 } },
        foundation: 'base',
      },
      {
        name: 'long',
        title: 'long',
        change: { stage1_steps: { sum: ['stage1_steps', 'stage2_steps'] } },
        foundation: 'base',
      },
      {
        name: 'mix',
        title: 'mix',
        change: { stage2_mix: { times: { safety: 2, jailbreak: 0 } } },
        foundation: 'other',
      },
      { name: 'noise', title: 'noise', change: { heads_label_noise: 0.3 }, foundation: 'base' },
      { name: 'free', title: 'free', change: { epochs: 2 } },
    ],
    sets: { few: ['joint', 'fast'] },
  };
  const { cells, runs } = expand(planOfInput(named), quick);
  const settingsOf = (name: string) => runs.find((run) => run.name === name)!.settings;

  it('has values that the base tells, and begins from the last stage of a foundation that fits', () => {
    const own = quick.settings;
    expect(settingsOf('fast')).toMatchObject({
      loss_type: 'grpo',
      stage2_learning_rate: own.stage2_learning_rate * 5,
    });
    expect(settingsOf('long').stage1_steps).toBe(own.stage1_steps + own.stage2_steps);
    expect(settingsOf('mix')).toMatchObject({ backbone: 'internvl-mini' });
    expect(settingsOf('mix').stage2_mix).toEqual({
      ...own.stage2_mix,
      safety: own.stage2_mix.safety * 2,
      jailbreak: 0,
    });
    const froms = Object.fromEntries(
      runs.map(({ name, from }) => [name, from && `${from.id} ${from.stage}`]),
    );
    expect(froms).toMatchObject({
      joint: 'base-s1 heads',
      mix: 'other-s1 heads',
      noise: 'base-s1 sft',
      free: null,
    });
    expect(cells.map(({ isBase }) => isBase)).toEqual([true, false, false, false, false, false]);
  });

  it.each<[string, Partial<PlanInput>, RegExp]>([
    ['cells and factors', { factors: input.factors }, /either factors or cells/],
    ['neither', { cells: [] }, /either factors or cells/],
    ['a set of what is no cell', { sets: { few: ['gone'] } }, /a set names "gone"/],
    [
      'a foundation that is not there',
      { cells: [{ name: 'a', title: 'a', foundation: 'none' }] },
      /no foundation "none".*base, other/,
    ],
    [
      'a foundation that does not fit',
      { cells: [{ name: 'a', title: 'a', change: { size: 'tiny' }, foundation: 'base' }] },
      /a cannot begin from base/,
    ],
    [
      'a sum of what is no setting',
      { cells: [{ name: 'a', title: 'a', change: { epochs: { sum: ['x'] } } }] },
      /epochs is NaN/,
    ],
    ['a name that is no folder', { cells: [{ name: '../a', title: 'a' }] }, /cells\.0\.name/],
    [
      'a cell twice',
      {
        cells: [
          { name: 'a', title: 'a' },
          { name: 'a', title: 'b' },
        ],
        sets: {},
      },
      /a is in the plan twice|b is in the plan twice/,
    ],
  ])('of %s is refused', (_, over, text) => {
    expect(told(() => expand(planOfInput({ ...named, sets: {}, ...over }), quick))).toMatch(text);
  });

  it('of no foundations share what their values leave alike', () => {
    const loose = {
      ...named,
      foundations: {},
      sets: {},
      cells: [
        { name: 'a', title: 'a', change: { epochs: 2 } },
        { name: 'b', title: 'b', change: { heads_steps: 500 } },
        { name: 'c', title: 'c', change: { epochs: 3 } },
      ],
    };
    const { runs: loosely } = expand(planOfInput(loose), quick);
    expect(loosely.map(({ id, from }) => [id, from?.id ?? null])).toEqual([
      ['base-s1', null],
      ['b-s1', null],
      ['a-s1', 'base-s1'],
      ['c-s1', 'base-s1'],
    ]);
  });

  it('is another one where a cell of the same name has changed', () => {
    const plan = planOfInput(named);
    const [first, ...rest] = named.cells ?? [];
    const other = planOfInput({ ...named, cells: [{ ...first, change: { epochs: 3 } }, ...rest] });
    expect(otherPlan(plan, other)).toBe('another cell joint');
    expect(otherPlan(plan, planOfInput({ ...named, cells: rest, sets: {} }))).toBeNull();
  });
});

describe('the runs of a plan', () => {
  it('from a released model begin after its stage, each cell under each seed', () => {
    const { cells, runs } = expand(planOfInput(input), fromModel);
    expect(cells.map(({ name }) => name).slice(0, 3)).toEqual([
      'policy_drift_coef-0+epochs-1',
      'policy_drift_coef-0+epochs-4',
      'policy_drift_coef-0.01+epochs-1',
    ]);
    expect(cells.filter(({ isBase }) => isBase).map(({ title }) => title)).toEqual([
      'policy_drift_coef 0.01, epochs 1',
    ]);
    expect(runs).toHaveLength(12);
    for (const { settings, from, seed } of runs) {
      expect(from).toEqual({ id: null, stage: 'heads' });
      expect(settings.seed).toBe(seed);
      expect(forkIndex(model.settings, settings, 'heads')).toBeGreaterThan(0);
    }
  });

  it('have added seeds too', () => {
    const { runs } = expand(planOfInput({ ...input, addedSeeds: [[13], [14, 15]] }), fromModel);
    expect(new Set(runs.map(({ seed }) => seed))).toEqual(new Set([11, 12, 13, 14, 15]));
  });

  it('from a preset share SFT and heads where these read none of what is varied', () => {
    const { runs } = expand(planOfInput(whole({})), quick);
    expect(runs.filter(({ kind }) => kind === 'foundation').map(({ id }) => id)).toEqual([
      'base-s11',
      'base-s12',
    ]);
    const heads = whole({ factors: [{ setting: 'heads_steps', values: [500, 2500] }, input.factors[1]] });
    const names = expand(planOfInput(heads), quick).runs.filter(({ kind }) => kind === 'foundation');
    expect(new Set(names.map(({ name }) => name))).toEqual(
      new Set(['base+heads_steps-500', 'base+heads_steps-2500']),
    );
    const value = whole({ factors: [{ setting: 'loss_type', values: ['cpgd', 'ppo'] }, input.factors[1]] });
    const { runs: both } = expand(planOfInput(value), quick);
    const byId = new Map(both.map((run) => [run.id, run]));
    for (const { from, settings } of both)
      if (from) expect(forkIndex(byId.get(from.id ?? '')!.settings, settings, from.stage)).toBeGreaterThan(0);
    expect(both.filter(({ kind }) => kind === 'foundation')).toHaveLength(4);
  });

  it('from a model after SFT share the heads, which are trained from there for each seed', () => {
    const { runs } = expand(planOfInput(input), { ...fromModel, stage: 'sft' });
    expect(runs.filter(({ kind }) => kind === 'foundation').map(({ id, from }) => [id, from])).toEqual([
      ['base-s11', { id: null, stage: 'sft' }],
      ['base-s12', { id: null, stage: 'sft' }],
    ]);
    expect(runs.at(-1)).toMatchObject({ seed: 12, from: { id: 'base-s12', stage: 'heads' } });
  });

  it('are trained whole where they have nothing in common', () => {
    const { runs } = expand(
      planOfInput(whole({ factors: [{ setting: 'sft_steps', values: [10, 20] }] })),
      quick,
    );
    expect(runs.map(({ from, kind }) => [from, kind])).toEqual(
      Array.from({ length: 4 }, () => [null, 'cell']),
    );
  });

  it('have the loss with what it brings', () => {
    const losses = { ...input, factors: [{ setting: 'loss_type', values: ['cpgd', 'gspo'] }] };
    const [, gspo] = expand(planOfInput(losses), fromModel).runs;
    expect(gspo.settings).toMatchObject({
      loss_type: 'gspo',
      epsilon: resolvePreset('gspo').settings.epsilon,
    });
  });

  it.each<[string, Partial<PlanInput>, BaseRun, RegExp]>([
    [
      'a setting that SFT reads',
      { factors: [{ setting: 'sft_steps', values: [9] }] },
      fromModel,
      /sft_steps is 4500 in qwen-mini@heads and cannot be changed from there: sft reads it.*Take a preset/,
    ],
    [
      'a setting that the heads read',
      { overrides: { heads_label_noise: 0.1 } },
      fromModel,
      /heads reads it.*Begin after sft/,
    ],
    [
      'a setting of the evaluation',
      { overrides: { eval_samples: 90 } },
      fromModel,
      /evaluation-sft reads it.*Begin after sft/,
    ],
    [
      'a setting of the model',
      { factors: [{ setting: 'size', values: ['tiny'] }] },
      fromModel,
      /model, world and engine/,
    ],
    [
      'a loss with a value head',
      { factors: [{ setting: 'loss_type', values: ['ppo'] }] },
      fromModel,
      /value head/,
    ],
    [
      'a value out of range',
      { factors: [{ setting: 'epochs', values: [0] }] },
      fromModel,
      /epochs is 0, but it must be/,
    ],
    [
      'an unknown setting',
      { factors: [{ setting: 'epoch', values: [1] }] },
      fromModel,
      /nearest known one is epochs/,
    ],
    [
      'the seed as a factor',
      { factors: [{ setting: 'seed', values: [1] }] },
      fromModel,
      /given by its seeds/,
    ],
    [
      'a value twice',
      { factors: [{ setting: 'epochs', values: [1, 1] }] },
      fromModel,
      /epochs 1 is in the plan twice/,
    ],
    [
      'no stage left',
      { overrides: { stages: ['sft', 'heads'] } },
      fromModel,
      /Nothing is left to train after heads/,
    ],
    [
      'other seeds after RL',
      { factors: [{ setting: 'stage2_steps', values: [3] }] },
      { ...fromModel, stage: 'stage1' },
      /keep the seed of qwen-mini@heads, which is 11/,
    ],
    ['too many', { seeds: Array.from({ length: 2000 }, (_, i) => i) }, fromModel, /6 cells under 2000 seeds/],
  ])('with %s are refused with a way on', (_, over, base, text) => {
    expect(told(() => expand(planOfInput({ ...input, ...over }), base))).toMatch(text);
  });

  it('may set what the base has already, and have a base cell where its value is not among them', () => {
    const plan = planOfInput({
      ...input,
      overrides: { sft_steps: model.settings.sft_steps },
      factors: [{ setting: 'epochs', values: [2, 3] }],
    });
    expect(expand(plan, fromModel).cells.map(({ isBase }) => isBase)).toEqual([true, false]);
  });
});
