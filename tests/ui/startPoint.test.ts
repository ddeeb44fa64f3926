// Starting points: in links, as forks of stored runs, and what is said where one is not to be had.

import { signal } from '@preact/signals';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/storage/types.ts';
import { releasedId } from '../../src/terms/run.ts';
import { pagePart, pageParts, settingsPart, withPageParts } from '../../src/ui/browser/address.ts';
import type { Session } from '../../src/ui/session/session.ts';
import { forkOf, startName, startProblem } from '../../src/ui/session/startPoints.ts';
import { draftOfPreset, draftOfQuery } from '../../src/ui/state/form/draft.ts';
import { readStart, startOfFork, startText } from '../../src/ui/state/form/startPoint.ts';
import { linkOf, startOfRun } from '../../src/ui/state/runs/runSettings.ts';

const RELEASED = { model: 'qwen-mini', stage: 'heads' };
const STORED = { runId: '20261129-101500-s7-k3x9', stage: 'stage1' };

describe('a starting point', () => {
  it('is the released model where the run that was begun from stands for one', () => {
    expect(startOfFork({ runId: releasedId('qwen-mini', '12ab34cd'), stage: 'heads' })).toEqual(RELEASED);
    expect(startOfFork(STORED)).toEqual(STORED);
    expect(startOfRun({})).toBeNull();
  });

  it('is read as it was written, whatever the id of the run', () => {
    expect(startText(RELEASED)).toBe('qwen-mini@heads');
    expect(startText(STORED)).toBe('run:20261129-101500-s7-k3x9@stage1');
    fc.assert(
      fc.property(fc.stringMatching(/^\S{1,40}$/), (runId) => {
        const start = { runId, stage: 'sft' };
        expect(readStart(startText(start))).toEqual(start);
      }),
    );
    for (const text of ['', '@', 'qwen-mini', 'qwen-mini@', '@heads', 'qwen-mini@he ads', 'x'.repeat(300)])
      expect(readStart(text), text).toBeNull();
  });

  it('goes with the settings in a link, and leaves them as they are', () => {
    const draft = draftOfPreset('quick+grpo');
    for (const start of [RELEASED, STORED, { runId: 'a&b=c @x', stage: 'sft' }]) {
      const { search } = new URL(linkOf({ draft, start }, 'https://host/page/?stage=1#runs'));
      expect(draftOfQuery(settingsPart(search))).toEqual({ draft, dropped: [] });
      expect(readStart(pagePart(search, 'from') ?? '')).toEqual(start);
      expect(pagePart(search, 'stage'), 'the projector stays here').toBeNull();
    }
  });
});

describe('the address', () => {
  it('holds settings and parts of the page apart', () => {
    expect(settingsPart('?stage=1')).toBe('');
    expect(settingsPart('?v=2&preset=smoke')).toBe('?v=2&preset=smoke');
    expect(settingsPart('?v=2&stage=1&preset=smoke&lesson=2')).toBe('?v=2&preset=smoke');
    expect(pageParts('?v=2&stage=1&lesson=2')).toEqual({ stage: '1', lesson: '2' });
    expect(withPageParts('v=2&seed=3', { stage: '1', from: 'qwen-mini@heads' })).toBe(
      'v=2&seed=3&from=qwen-mini@heads&stage=1',
    );
    expect(withPageParts('', { lesson: '2' })).toBe('lesson=2');
    expect(withPageParts('v=2', { from: null })).toBe('v=2');
  });
});

describe('where the page looks for it', () => {
  type Stored = { run?: Partial<RunRecord>; ends?: readonly string[] };

  function session({ run, ends = [] }: Stored = {}): Session {
    const found = {
      names: signal(new Map([[STORED.runId, 'That run']])),
      inspector: {
        released: async () => [{ name: 'qwen-mini', settings: { stages: ['sft', 'heads'] } }],
        adopt: async () => 'released-qwen-mini-12ab34cd',
      },
      store: {
        getRun: async () => run ?? null,
        listCheckpoints: async () => ends.map((stage) => ({ kind: 'stage-end', stage })),
      },
      library: { refresh: async () => {} },
    };
    return found as unknown as Session;
  }

  it('a released model is named and stored when it is needed', async () => {
    expect(await startProblem(session(), RELEASED)).toBeNull();
    expect(startName(session(), RELEASED)).toBe('qwen-mini');
    expect(await forkOf(session(), RELEASED)).toEqual({
      runId: 'released-qwen-mini-12ab34cd',
      stage: 'heads',
    });
    expect(await startProblem(session(), { ...RELEASED, model: 'gone' })).toMatch(
      /without .* gone.*qwen-mini/,
    );
    expect(await startProblem(session(), { ...RELEASED, stage: 'mixed' })).toMatch(
      /no stage mixed.*sft, heads/,
    );
  });

  it('a run that is not stored here is said, with what to do', async () => {
    expect(await startProblem(session(), STORED)).toMatch(/not stored in this browser.*bundle.*import/);
    const trashed = session({ run: { trashedAt: '2026-11-29' } });
    expect(await startProblem(trashed, STORED)).toMatch(/trash/);
    expect(await startProblem(session({ run: {}, ends: ['sft'] }), STORED)).toMatch(/end of Stage 1/);
    expect(await startProblem(session({ run: {}, ends: ['stage1'] }), STORED)).toBeNull();
    expect(startName(session(), STORED)).toBe('That run');
    expect(startName(session(), { ...STORED, runId: 'else' })).toBe('else');
    expect(await forkOf(session(), STORED)).toEqual(STORED);
  });
});
