// What the page says of a run that the guard stopped, warns of or noticed, and the way back that it offers.

import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { DEFAULTS, forkIndex, PRESETS, resolvePreset, type Settings } from '../../src/config/index.ts';
import type { EvaluationEvent, MetricsEvent } from '../../src/protocol/messages.ts';
import type { RunPhase } from '../../src/terms/run.ts';
import { SCORE_TABLE } from '../../src/terms/scores.ts';
import { DivergedError, guardIteration } from '../../src/training/guard.ts';
import { MetricTable } from '../../src/ui/state/charts/metricTable.ts';
import { guardFindings } from '../../src/ui/state/run/guardFindings.ts';
import { changeText, hintOf, rewindOf } from '../../src/ui/state/run/rewind.ts';
import { signFinding } from '../../src/ui/state/run/sign.ts';
import { stateOfStoredRun } from '../../src/ui/state/run/stored.ts';

type Row = MetricsEvent['rows'][number];

/** 4 steps of SFT, then one row of stage 1 for each of the values. */
function rowsOf(values: readonly { readonly [name: string]: number }[]): Row[] {
  const sft = [1, 2, 3, 4].map((step) => ({
    step,
    stage: 'sft',
    iteration: step,
    values: { 'sft/loss': 1 },
  }));
  const rl = values.map((each, i) => ({ step: 5 + i, stage: 'stage1', iteration: i + 1, values: each }));
  return [...sft, ...rl];
}

function tableOf(values: readonly { readonly [name: string]: number }[]): MetricTable {
  const table = new MetricTable();
  for (const row of rowsOf(values)) table.put(row);
  return table;
}

/** Trains with the guard as the pipeline does: a row is stored only if the guard lets it pass. */
function guarded(settings: Settings, values: readonly { readonly [name: string]: number }[]) {
  let strikes = 0;
  for (const [i, each] of values.entries()) {
    try {
      strikes = guardIteration(settings, 'stage1', i + 1, each, strikes);
    } catch (error) {
      if (!(error instanceof DivergedError)) throw error;
      const failure = { code: error.code, details: error.details };
      return stateOfStoredRun({
        id: 'r',
        status: 'failed',
        message: error.text,
        metrics: rowsOf(values.slice(0, i)),
        evaluations: [],
        heads: null,
        failure,
      });
    }
  }
  throw new Error('The guard let everything pass.');
}

const CALM = { kl: 0.1, entropy: 0.5 };

describe('a run that the guard stopped', () => {
  test('says which metric, its value, the limit, and the step, from the record alone', () => {
    const settings = { ...DEFAULTS, guard_patience: 3 };
    const view = guarded(settings, [CALM, { ...CALM, kl: 25 }, { ...CALM, kl: 30 }, { ...CALM, kl: 41.5 }]);
    const [finding, ...others] = guardFindings(view, settings);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ kind: 'stopped', stage: 'stage1' });
    expect(finding?.sentence).toBe(
      'Iteration 4 of Stage 1 (step 8): the KL to the reference was 41.5, above the limit of 20 (“Largest divergence”), the 3rd time in a row.',
    );
  });

  test('tells a collapse of entropy from one of KL', () => {
    const settings = { ...DEFAULTS, guard_patience: 1 };
    const [finding] = guardFindings(guarded(settings, [CALM, { ...CALM, entropy: 0.0002 }]), settings);
    expect(finding?.title).toBe('The policy has collapsed');
    expect(finding?.sentence).toContain('the entropy per token was 2.0e−4, below the limit of 0.001');
  });

  test('speaks of numbers that broke down, also where the failure came before any row of its stage', () => {
    const [finding] = guardFindings(guarded(DEFAULTS, [{ ...CALM, grad_norm: Number.NaN }]), DEFAULTS);
    expect(finding?.sentence).toBe('Iteration 1 of Stage 1 (step 5): the gradient norm was no number.');
  });

  test('is told of no more once it goes on, and another failure is none of the guard’s', () => {
    const settings = { ...DEFAULTS, guard_patience: 1 };
    const view = guarded(settings, [CALM, { ...CALM, kl: 25 }]);
    expect(guardFindings({ ...view, phase: 'running' }, settings)).toEqual([]);
    const error = view.error && { ...view.error, code: 'disk-full' as const };
    expect(guardFindings({ ...view, error }, settings)).toEqual([]);
  });
});

describe('a run in training', () => {
  const high = { ...CALM, kl: 21 };
  const findingsIn = (phase: RunPhase, values: readonly { readonly [name: string]: number }[]) =>
    guardFindings({ phase, error: null, metrics: tableOf(values) }, DEFAULTS);

  test('warns with the number of iterations in a row, and not of those that passed', () => {
    expect(findingsIn('running', [high, CALM])).toEqual([]);
    const [warning] = findingsIn('running', [high, CALM, high, high]);
    expect(warning).toMatchObject({ kind: 'warned', stage: 'stage1' });
    expect(warning?.sentence).toMatch(/^Step 8 in Stage 1: .* was 21, above .* number 2 of the 5 in a row/);
    expect(findingsIn('done', [high, high])).toEqual([]);
  });

  test('takes the entropy of the samples where there was no update', () => {
    const [warning] = findingsIn('paused', [CALM, { 'entropy/rollout': 0.0001 }]);
    expect(warning?.sentence).toContain('the entropy per token was');
  });

  test('notices a reward that runs ahead of the oracle’s', () => {
    const gap = (size: number) => ({ ...CALM, reward: 1 + size, gold_reward: 1 });
    const steady = Array.from({ length: 20 }, () => gap(0.01));
    const growing = Array.from({ length: 20 }, (_, i) => gap(0.05 * i));
    expect(findingsIn('running', steady)).toEqual([]);
    expect(findingsIn('done', growing)).toMatchObject([{ kind: 'noticed', stage: 'stage1' }]);
  });
});

describe('the way back', () => {
  const run = (preset: string, changed: Partial<Settings> = {}) => ({
    preset,
    settings: { ...resolvePreset(preset).settings, ...changed },
  });
  const trained = ['sft', 'heads', 'stage1'];

  test('begins after the stage before, with a quarter of the learning rate', () => {
    const { after, changes, draft } = rewindOf(run('smoke'), trained, { stage: 'stage1', kind: 'stopped' });
    expect(after).toBe('heads');
    expect(changes).toEqual([{ label: 'Stage 1 learning rate', from: '0.0002', to: '0.00005' }]);
    expect(draft.settings).toEqual({ ...resolvePreset('smoke').settings, stage1_learning_rate: 5e-5 });
    const late = { stage: 'stage2', kind: 'stopped' } as const;
    expect(rewindOf(run('smoke'), [...trained, 'stage2'], late).after).toBe('stage1');
    const early = rewindOf(run('smoke'), ['sft', 'heads'], { stage: 'stage1', kind: 'stopped' });
    expect(early.after).toBe('heads');
  });

  test('begins anew where SFT itself broke down', () => {
    const { after, changes } = rewindOf(run('smoke'), ['sft'], { stage: 'sft', kind: 'stopped' });
    expect(after).toBeNull();
    expect(changes).toHaveLength(1);
  });

  test('holds the policy closer where the reward was gamed', () => {
    const found = { stage: 'stage1', kind: 'noticed' } as const;
    expect(rewindOf(run('smoke'), trained, found).draft.settings.beta).toBe(0.1);
    expect(rewindOf(run('smoke', { beta: 0.2 }), trained, found).draft.settings.beta).toBe(0.4);
    // Stage 1 has read it too.
    const late = { stage: 'stage2', kind: 'noticed' } as const;
    expect(rewindOf(run('smoke'), [...trained, 'stage2'], late).after).toBe('heads');
  });
});

describe('presets that are meant to fail', () => {
  const failures = PRESETS.filter(({ kind }) => kind === 'failure');

  test.each(failures)(
    '$name says what to watch and what to change, and its way back can be started',
    (preset) => {
      const hint = hintOf(`smoke+${preset.name}`);
      if (!hint) throw new Error('It has no hint.');
      expect(hint.watch).toMatch(/\.$/);
      expect(hint.remedy).toMatch(/\.$/);
      for (const key of hint.undo) expect(preset.overrides).toHaveProperty(key);
      const { settings } = resolvePreset(`smoke+${preset.name}`);
      const trained = settings.stages;
      const stage = trained.at(-1) ?? '';
      const { after, draft, changes } = rewindOf({ preset: `smoke+${preset.name}`, settings }, trained, {
        stage,
        kind: 'expected',
      });
      // What the size has alike needs no change.
      const usual = resolvePreset('smoke').settings;
      const changed = hint.undo.filter((key) => !isDeepStrictEqual(settings[key], usual[key]));
      expect(changed.length).toBeGreaterThan(hint.undo.length / 2);
      expect(changes.map(({ label }) => label)).toHaveLength(changed.length);
      expect(after).not.toBeNull();
      expect(forkIndex(settings, draft.settings, after ?? '')).toBeGreaterThan(0);
      // The next run is no failure on purpose; what stays of the layer are settings like those set by hand.
      expect(draft.preset).toBe('smoke');
      const undone = Object.fromEntries(hint.undo.map((key) => [key, usual[key]]));
      expect(draft.settings).toEqual({ ...settings, ...undone });
      for (const change of changes) expect(changeText(change).length).toBeLessThan(80);
    },
  );

  test('the way back takes the layer that fails away and no other', () => {
    const presetAfter = (preset: string) => {
      const { settings } = resolvePreset(preset);
      const finding = { stage: 'stage1', kind: 'stopped' } as const;
      return rewindOf({ preset, settings }, ['sft', 'heads'], finding).draft.preset;
    };
    expect(presetAfter('quick+no-jailbreak+pg-collapse+grpo')).toBe('quick+no-jailbreak+grpo');
    expect(presetAfter('pg-collapse')).toBe('');
    expect(presetAfter('quick+grpo')).toBe('quick+grpo');
  });

  test('the way back names what is set otherwise, without values that are too long to read', () => {
    const preset = 'quick+over-refusal';
    const run = { preset, settings: resolvePreset(preset).settings };
    const { changes } = rewindOf(run, ['sft', 'heads'], { stage: 'stage2', kind: 'expected' });
    expect(changes.map(changeText)).toEqual([
      'Stages as usual',
      'Stage 2 task mix as usual',
      'Recipe gated instead of safework',
      'Helpful weight 1 instead of 0',
    ]);
  });

  test('the way back of a run leads to a checkpoint that it holds', () => {
    const preset = 'smoke+over-refusal';
    const { settings } = resolvePreset(preset);
    const run = { preset, settings };
    const finding = { stage: 'stage2', kind: 'expected' } as const;
    expect(rewindOf(run, ['heads'], finding).after).toBe('heads');
    expect(rewindOf(run, ['heads', 'stage2'], finding).after).toBe('heads');
    expect(rewindOf(run, [], finding).after).toBeNull();
  });

  test('a score is a sign where it is clearly above that after SFT', () => {
    const hint = hintOf('smoke+over-refusal');
    if (hint?.sign.kind !== 'score') throw new Error('Its sign is no score.');
    const { suite, metric } = SCORE_TABLE[hint.sign.score];
    const metrics = tableOf([{ reward: 1 }]);
    const endOf = (stage: string, value: number, half: number): EvaluationEvent => ({
      kind: 'evaluation',
      runId: 'a',
      stage,
      step: 1,
      scores: [{ suite, metric, value, low: value - half, high: value + half, n: 100, better: 'lower' }],
    });
    const found = (...evaluations: EvaluationEvent[]) => signFinding({ metrics, evaluations }, hint);
    expect(found(endOf('stage1', 0.9, 0.05))).toBeNull();
    expect(found(endOf('sft', 0.3, 0.05), endOf('stage1', 0.39, 0.01))).toBeNull();
    expect(found(endOf('sft', 0.3, 0.2), endOf('stage1', 0.6, 0.2))).toBeNull();
    expect(found(endOf('sft', 0.3, 0.05), endOf('stage1', 0.9, 0.05))?.sentence).toBe(
      'Stage 1: the share of harmless requests that are declined rose from 30.0 % after SFT to 90.0 %.',
    );
  });

  test('have a sign that an ordinary run does not show', () => {
    for (const { hint } of failures) {
      if (!hint) throw new Error('It has no hint.');
      const { sign } = hint;
      if (sign.kind !== 'metric') continue;
      const factor = sign.is === 'above' ? 10 : 0.1;
      const start = sign.value ?? 1;
      const flat = Array.from({ length: 20 }, () => ({ [sign.metric]: 0.9 * start }));
      const moved = flat.map((each, i) => (i < 10 ? each : { [sign.metric]: 0.9 * start * factor }));
      expect(signFinding({ metrics: tableOf(flat), evaluations: [] }, hint)).toBeNull();
      expect(signFinding({ metrics: tableOf(moved.slice(0, 9)), evaluations: [] }, hint)).toBeNull();
      expect(signFinding({ metrics: tableOf(moved), evaluations: [] }, hint)).toMatchObject({
        kind: 'expected',
        stage: 'stage1',
      });
    }
    expect(hintOf('quick+grpo')).toBeNull();
    expect(hintOf('a preset of another version')).toBeNull();
  });
});
