// The smaller pure parts of the page: form, responses, stages, tables, alerts.

import { describe, expect, it } from 'vitest';
import { PlaygroundError } from '../../src/base/errors.ts';
import { resolvePreset, SettingError, toQuery } from '../../src/config/index.ts';
import { METRIC_CHARTS } from '../../src/terms/metrics/index.ts';
import { isRlStage, planOf, stageTitle } from '../../src/terms/stages.ts';
import type { SuiteScore } from '../../src/terms/suites.ts';
import { stagePlan } from '../../src/training/stages.ts';
import { Notices } from '../../src/ui/session/notices.ts';
import { alertOfError } from '../../src/ui/state/alerts.ts';
import { chartOf, readyCharts, wantedStages } from '../../src/ui/state/charts/charts.ts';
import {
  baseOf,
  draftOfPreset,
  draftOfQuery,
  firstRejected,
  layersOf,
  overriddenText,
  problemOf,
  withLayers,
  withRejected,
  withSetting,
} from '../../src/ui/state/form/draft.ts';
import { splitResponse, wordsOf } from '../../src/ui/state/samples/response.ts';
import { evaluationRows } from '../../src/ui/state/scores/evaluationTable.ts';

describe('draft', () => {
  it('starts with the quick preset, and with the link where there is one', () => {
    expect(draftOfQuery('').draft.preset).toBe('quick');
    const { draft, dropped } = draftOfQuery('?v=2&preset=smoke+grpo&seed=9&nonsense=1');
    expect(draft.preset).toBe('smoke+grpo');
    expect(draft.settings.seed).toBe(9);
    expect(dropped).toHaveLength(1);
  });

  it('keeps the first preset where the address holds nothing for the form, and says what it does not know', () => {
    const { draft, dropped } = draftOfQuery('?lesson=2');
    expect(draft).toEqual(draftOfPreset('quick'));
    expect(dropped.join()).toContain('"lesson"');
    expect(draftOfQuery('?v=2').draft.preset).toBe('');
    expect(draftOfQuery('?v=9').dropped.join()).toContain('version 9');
  });

  it('changes one layer, and keeps what was set by hand', () => {
    const edited = withSetting(withSetting(draftOfPreset('quick'), 'seed', 42), 'sft_steps', 5);
    const { draft: next, overridden } = withLayers(edited, { algorithm: 'grpo' });
    expect(next.preset).toBe('quick+grpo');
    expect(next.settings).toEqual({ ...resolvePreset('quick+grpo').settings, seed: 42, sft_steps: 5 });
    expect(overridden).toEqual([]);
    expect(withLayers(next, { algorithm: '' }).draft).toEqual(edited);
    expect(layersOf(next.preset)).toEqual({ size: 'quick', tasks: '', algorithm: 'grpo', failure: '' });
    expect(baseOf(next)).toEqual(resolvePreset('quick+grpo').settings);
  });

  it('names what was set by hand and the new layer sets otherwise', () => {
    const edited = withSetting(withSetting(draftOfPreset('quick'), 'epochs', 3), 'sft_steps', 5);
    const { draft: next, overridden } = withLayers(edited, { failure: 'pg-collapse' });
    expect(next.settings).toEqual({ ...resolvePreset('quick+pg-collapse').settings, sft_steps: 5 });
    expect(overridden).toMatchObject([{ key: 'epochs', from: '3', to: '4' }]);
    expect(overriddenText(overridden)).toContain(' is 4 instead of 3.');
    // What an old layer set was not set by hand, and goes with it.
    expect(withLayers(next, { failure: '' })).toMatchObject({
      overridden: [],
      draft: { settings: { epochs: 1 } },
    });
    const many = Array.from({ length: 8 }, () => overridden[0]!);
    expect(overriddenText(many)).toMatch(/; and 2 more\.$/);
  });

  it('keeps what a field does not accept apart from the settings, until it is put right', () => {
    const first = draftOfPreset('quick');
    const wrong = withRejected(withRejected(first, 'epochs', 'x'), 'seed', '-1');
    expect(wrong.settings).toEqual(first.settings);
    expect(firstRejected(wrong)).toMatchObject({ info: { key: 'seed' }, text: '-1' });
    const better = withSetting(wrong, 'seed', 5);
    expect(firstRejected(better)).toMatchObject({ info: { key: 'epochs' }, text: 'x' });
    expect(withSetting(better, 'epochs', 2)).toEqual(withSetting(withSetting(first, 'seed', 5), 'epochs', 2));
    expect(firstRejected(first)).toBeNull();
    expect(problemOf('seed', '')).toContain('seed is ""');
    expect(problemOf('seed', '3')).toBe('');
  });

  it('survives the way through the address', () => {
    const draft = withSetting(draftOfPreset('smoke'), 'group_size', 6);
    expect(draftOfQuery(`?${toQuery(draft.settings, draft.preset)}`).draft).toEqual(draft);
  });
});

describe('splitResponse', () => {
  const texts = (part: Parameters<typeof wordsOf>[0]) =>
    wordsOf(part)
      .map(({ text }) => text)
      .join(' ');
  it('parts a well-formed response', () => {
    const parts = splitResponse(['<think>', 'a', 'b', '</think>', 'c', '<eos>']);
    expect([texts(parts.thought), texts(parts.answer)]).toEqual(['a b', 'c']);
    expect(parts).toMatchObject({ opened: true, closed: true, ended: true });
    expect([...parts.thought, ...parts.answer].map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('shows every token of a malformed one', () => {
    expect(splitResponse(['<think>', 'a'])).toMatchObject({ opened: true, closed: false, ended: false });
    expect(texts(splitResponse(['a', 'b', '<eos>']).answer)).toBe('a b');
    const twice = splitResponse(['<think>', 'a', '</think>', 'b', '</think>', 'c']);
    expect([texts(twice.thought), texts(twice.answer)]).toEqual(['a', 'b </think> c']);
    expect(splitResponse([])).toMatchObject({ thought: [], answer: [], opened: false, ended: false });
  });
});

describe('stages', () => {
  it('names them for people', () => {
    expect(['sft', 'stage2-3', 'evaluation-stage1', 'evaluation-sft', 'odd_one'].map(stageTitle)).toEqual([
      'SFT',
      'Stage 2 (3)',
      'Test of stage 1',
      'Test of SFT',
      'odd one',
    ]);
  });

  it('plans a test after SFT and after each RL stage', () => {
    const { settings } = draftOfPreset('smoke');
    expect(planOf(settings).map(({ name }) => name)).toEqual([
      'sft',
      'evaluation-sft',
      'heads',
      'stage1',
      'evaluation-stage1',
      'stage2',
      'evaluation-stage2',
    ]);
    expect(planOf({ ...settings, evaluate: false })).toHaveLength(4);
  });

  it('draws a repeated stage as the trainer numbers it', () => {
    const { settings } = draftOfPreset('smoke');
    const repeated = { ...settings, stages: ['stage1', 'heads', 'stage1'] } as const;
    const plan = planOf(repeated);
    expect(plan.map(({ name }) => stageTitle(name))).toEqual([
      'Stage 1',
      'Test of stage 1',
      'Heads',
      'Stage 1 (2)',
      'Test of stage 1 (2)',
    ]);
    expect(stagePlan(repeated)).toMatchObject(plan);
    expect(plan.map(({ name }) => isRlStage(name))).toEqual([true, false, false, true, false]);
  });
});

describe('evaluation table', () => {
  const make = (value: number, over: Partial<SuiteScore> = {}): SuiteScore => ({
    suite: 'safety',
    metric: 'safe',
    value,
    low: value - 0.1,
    high: value + 0.1,
    n: 100,
    better: 'higher',
    ...over,
  });
  const at = (stage: string, step: number, scores: SuiteScore[]) => ({
    kind: 'evaluation' as const,
    runId: 'r',
    stage,
    step,
    scores,
  });

  it('has a row per score and a column per stage, with the format rate once', () => {
    const format = make(0.9, { metric: 'format' });
    const rows = evaluationRows([
      at('sft', 1, [make(0.5), format]),
      at('stage1', 2, [make(0.8), format, make(0.95, { suite: 'all', metric: 'format' })]),
    ]);
    expect(rows.map(({ suite, metric }) => `${suite}/${metric}`)).toEqual(['safety/safe', 'all/format']);
    expect(rows[0]?.difference?.verdict).toBe('better');
    expect(rows[1]).toMatchObject({ difference: null, scores: [null, { value: 0.95 }] });
  });
});

describe('charts', () => {
  it('draws what has data and names what waits', () => {
    const ready = readyCharts(METRIC_CHARTS, (metric) => metric === 'reward');
    expect(ready.map(({ id, lines }) => [id, lines.length])).toEqual([['reward', 1]]);
  });

  it('leaves SFT out of a metric that spans it, once RL has begun', () => {
    const stages = ['sft', 'heads', 'stage1'];
    expect(stages.filter(wantedStages('auto', stages, chartOf('entropy')))).toEqual(['stage1']);
    expect(stages.filter(wantedStages('auto', ['sft'], chartOf('entropy')))).toEqual(stages);
    expect(stages.filter(wantedStages('auto', stages, chartOf('sft')))).toEqual(stages);
    expect(stages.filter(wantedStages('auto', stages, chartOf('heads')))).toEqual(stages);
    expect(stages.filter(wantedStages('all', stages, chartOf('entropy')))).toEqual(stages);
    expect(stages.filter(wantedStages('heads', stages, chartOf('heads')))).toEqual(['heads']);
  });
});

describe('alerts', () => {
  it('show the sentence and the way on, and fold the rest', () => {
    const alert = alertOfError(
      new PlaygroundError('disk-full', 'The disk is full.', 'Delete a run.', { bytes: 3 }),
    );
    expect(alert).toMatchObject({ tone: 'error', message: 'The disk is full.', hint: 'Delete a run.' });
    expect(alert.details).toContain('bytes: 3');
    const bad = new SettingError('seed', 'seed is -1.', 'Give another.');
    expect(alertOfError(bad)).toMatchObject({ message: 'seed is -1.', hint: 'Give another.' });
  });

  it('show the same message once', () => {
    const content = alertOfError(new PlaygroundError('busy', 'Busy.', 'Wait.'));
    const notices = new Notices();
    const ids = [notices.add(content), notices.add(content)];
    expect(notices.alerts.value.map(({ id }) => id)).toEqual(ids.slice(1));
  });
});
