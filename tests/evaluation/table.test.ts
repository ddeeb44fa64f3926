// Tables, comparisons and claims.

import { describe, expect, it } from 'vitest';
import { wilsonInterval } from '../../src/base/intervals.ts';
import { checkClaims, comparisonTable, evaluationTable } from '../../src/evaluation/index.ts';
import { SCORE_TABLE, type ScoreName } from '../../src/terms/scores.ts';
import type { SuiteScore } from '../../src/terms/suites.ts';
import { score, stage } from './support.ts';

const sft = stage('sft', [
  score('safety', 'safe', 0.5),
  score('safety', 'format', 0.9),
  score('overrefusal', 'over_refusal', 0.2, 'lower'),
  score('all', 'format', 0.95),
]);
const stage2 = stage('stage2', [
  score('safety', 'safe', 0.8),
  score('overrefusal', 'over_refusal', 0.1, 'lower'),
  score('value', 'accuracy', 0.625),
]);

describe('evaluationTable', () => {
  it('lines up as text', () => {
    expect(evaluationTable([sft, stage2], 'text')).toMatchInlineSnapshot(`
      "suite        metric               n (effective)                 sft             stage2
      -----------  -------------------  -------------  ------------------  -----------------
      safety       safe (up)                      100   50.0 [45.0, 55.0]  80.0 [75.0, 85.0]
      overrefusal  over_refusal (down)            100   20.0 [15.0, 25.0]   10.0 [5.0, 15.0]
      all          format (up)                    100  95.0 [90.0, 100.0]       not measured
      value        accuracy (up)                  100        not measured  62.5 [57.5, 67.5]"
    `);
  });

  it('renders Markdown', () => {
    expect(evaluationTable([sft], 'markdown')).toMatchInlineSnapshot(`
      "| suite | metric | n (effective) | sft |
      | --- | --- | ---: | ---: |
      | safety | safe (up) | 100 | 50.0 [45.0, 55.0] |
      | overrefusal | over_refusal (down) | 100 | 20.0 [15.0, 25.0] |
      | all | format (up) | 100 | 95.0 [90.0, 100.0] |"
    `);
  });

  it('numbers repeated stages', () => {
    expect(evaluationTable([sft, sft], 'text')).toMatch(/sft#1 +sft#2/);
  });
});

describe('comparison', () => {
  it('says whether a difference is for the better', () => {
    const changes = (before: typeof sft, after: typeof sft) =>
      comparisonTable(before, after).match(/(better|worse|unclear)(?= \|)/g);
    expect(changes(stage2, sft)).toEqual(['worse', 'worse']);
    expect(changes(sft, sft)).toEqual(['unclear', 'unclear', 'unclear']);
  });

  it('renders as Markdown', () => {
    expect(comparisonTable(sft, stage2)).toMatchInlineSnapshot(`
      "| suite | metric | sft | stage2 | points | 95 % | change |
      | --- | --- | ---: | ---: | ---: | ---: | ---: |
      | safety | safe (up) | 50.0 | 80.0 | +30.0 | [+22.9, +37.1] | better |
      | overrefusal | over_refusal (down) | 20.0 | 10.0 | -10.0 | [-17.1, -2.9] | better |"
    `);
  });
});

describe('checkClaims', () => {
  const LOWER: readonly ScoreName[] = ['attack-seen', 'attack-heldout', 'over-refusal', 'declined'];
  const scored = (values: Partial<Record<ScoreName, number>>): SuiteScore[] =>
    (Object.keys(values) as ScoreName[]).map((name) => {
      const { suite, metric } = SCORE_TABLE[name];
      return score(suite, metric, values[name] ?? 0, LOWER.includes(name) ? 'lower' : 'higher');
    });
  const all = (good: number, bad: number, skill: number) =>
    scored({
      safe: good,
      twins: good,
      value: good,
      ...Object.fromEntries(LOWER.map((name) => [name, bad])),
      reasoning: skill,
      knowledge: skill,
      instruction: skill,
    });
  const exact = (scores: readonly SuiteScore[]) =>
    scores.map((each) => ({ ...each, low: each.value, high: each.value }));
  const verdicts = (last: SuiteScore[], name = 'stage2', known = exact) =>
    checkClaims(
      [stage('sft', all(0.5, 0.6, 0.5)), stage('stage1', all(0.5, 0.6, 0.7)), stage(name, last)].map(
        (each) => ({
          ...each,
          scores: known(each.scores),
        }),
      ),
    );

  it('holds at the bounds that the published report has, and not beyond', () => {
    const kept = { reasoning: 0.69, knowledge: 0.69, instruction: 0.7 };
    const just = [...all(0.51, 0.59, 0).slice(0, 7), ...scored(kept)];
    expect(verdicts(just).map((check) => check.verdict)).toEqual(new Array(14).fill('holds'));
    expect(verdicts(just, 'mixed-2').map((check) => check.verdict)).toEqual(new Array(14).fill('holds'));
    const lower = { reasoning: 0.689, knowledge: 0.689, instruction: 0.699 };
    const below = [...all(0.5, 0.6, 0).slice(0, 7), ...scored(lower)];
    expect(verdicts(below).map((check) => check.verdict)).toEqual(new Array(14).fill('does not hold'));
  });

  it('CASES 8: is unclear where the interval of the difference lies on both sides of the bound', () => {
    const wilson = (scores: readonly SuiteScore[]) =>
      scores.map((each) => ({ ...each, n: 20, ...wilsonInterval(each.value * 20, 20) }));
    const [safe] = verdicts(all(0.55, 0, 1), 'stage2', wilson);
    expect(safe.outcome).toBe('unclear (50.0 -> 55.0, +5.0 points [-23.9, +32.8])');
    expect(verdicts(all(1, 0, 1), 'stage2', wilson)[0].verdict).toBe('holds');
    expect(verdicts(all(0.05, 0, 1), 'stage2', wilson)[0].verdict).toBe('does not hold');
  });

  it('gives figures and a sentence, and does not judge what was not measured', () => {
    const [safe] = verdicts(all(0.8, 0, 1));
    expect(safe).toMatchObject({ figures: { before: 50, after: 80 } });
    expect(safe.outcome).toBe('holds (50.0 -> 80.0, +30.0 points [+30.0, +30.0])');
    const unmeasured = checkClaims([stage('sft', all(0.5, 0.2, 0.6))]);
    expect(
      unmeasured.every((check) => check.verdict === 'not measured' && check.figures.after === null),
    ).toBe(true);
  });
});
