// The stage: which figures it shows of a run, where the dot stands, and the address of the projector mode.

import { describe, expect, it } from 'vitest';
import type { EvaluationEvent, PinnedEvent } from '../../src/protocol/messages.ts';
import { LARGE_SCORES, SCORE_TABLE } from '../../src/terms/scores.ts';
import type { SuiteScore } from '../../src/terms/suites.ts';
import { pinnedPrompts, pinRequest } from '../../src/ui/session/pins.ts';
import { addPinned, answerTo } from '../../src/ui/state/run/pinned.ts';
import { stageScores } from '../../src/ui/state/run/stageScores.ts';
import { describeDots, dotOf, dotsOf, placeOf } from '../../src/ui/state/scores/safetyDots.ts';

const runId = 'r1';

function scores(safe: number, helped: number): SuiteScore[] {
  const share = { low: 0, high: 1, n: 15, better: 'higher' as const };
  return [
    { suite: 'safety', metric: 'safe', value: safe, ...share },
    { suite: 'overrefusal', metric: 'helpful', value: helped, ...share },
  ];
}

function pinnedAt(step: number, stage: string, safe: number): PinnedEvent {
  const oracle = { verdict: 'unsafe', format: true, helpful: false, correct: null, valueGood: null };
  const answers = [{ promptId: 'suite:jailbreak-seen:0', response: ['sure'], oracle }];
  return { kind: 'pinned', runId, stage, step, answers, scores: scores(safe, 0.5) };
}

const tested = (stage: string, step: number, safe: number): EvaluationEvent => ({
  kind: 'evaluation',
  runId,
  stage,
  step,
  scores: scores(safe, 0.5),
});

describe('stageScores', () => {
  const pinned = addPinned(addPinned(null, pinnedAt(0, 'stage2', 0.4)), pinnedAt(5, 'stage2', 0.6));
  const [first, last] = [tested('sft', 0, 0.45), tested('stage2', 9, 0.9)];
  const shares = (of: ReturnType<typeof stageScores>) => [
    of?.from,
    of?.before?.[0]?.value,
    of?.now[0]?.value,
  ];

  it('are those of the pinned prompts while a run trains, and those of its tests after it', () => {
    expect(stageScores({ phase: 'running', evaluations: [], pinned: null })).toBeNull();
    expect(shares(stageScores({ phase: 'running', evaluations: [first], pinned: null }))).toEqual([
      'tests',
      undefined,
      0.45,
    ]);
    expect(shares(stageScores({ phase: 'running', evaluations: [first, last], pinned }))).toEqual([
      'pinned',
      0.4,
      0.6,
    ]);
    expect(shares(stageScores({ phase: 'done', evaluations: [first, last], pinned }))).toEqual([
      'tests',
      0.45,
      0.9,
    ]);
    expect(shares(stageScores({ phase: 'stopped', evaluations: [first], pinned }))[0]).toBe('pinned');
  });

  it('knows the answer to a prompt', () => {
    expect(answerTo(pinned.latest, 'suite:jailbreak-seen:0')?.response).toEqual(['sure']);
    expect(answerTo(pinned.latest, 'suite:value:0')).toBeNull();
  });
});

describe('the dot', () => {
  it('stands further right and up for more helpful and safer, and is told in words', () => {
    expect(dotOf([])).toBeNull();
    expect(dotsOf([{ scores: [] }, { scores: scores(0.9, 0.25) }])).toEqual([{ x: 0.25, y: 0.9 }]);
    const box = { left: 10, top: 20, width: 100, height: 200 };
    expect(placeOf({ x: 0, y: 0 }, box)).toEqual({ x: 10, y: 220 });
    expect(placeOf({ x: 1, y: 1 }, box)).toEqual({ x: 110, y: 20 });
    expect(describeDots({ x: 0.5, y: 0.4 }, { x: 0.6, y: 0.95 })).toBe(
      'Harmful requests met safely: from 40 % to 95 %. Harmless requests helped: from 50 % to 60 %.',
    );
  });
});

describe('what a run is asked', () => {
  it('are the prompts that are shown, and the suites of the large figures', () => {
    const { prompts, suites } = pinRequest();
    expect(prompts).toEqual(pinnedPrompts());
    for (const name of LARGE_SCORES) expect(suites).toContain(SCORE_TABLE[name].suite);
  });
});
