// The list of runs: rows, figures, filter, order, tags, links.

import { describe, expect, it } from 'vitest';
import { PlaygroundError } from '../../src/base/errors.ts';
import { DEFAULTS, resolvePreset } from '../../src/config/index.ts';
import type { RunDetails } from '../../src/storage/idbDetails.ts';
import type { RunRecord } from '../../src/storage/types.ts';
import { codeOfVersion } from '../../src/terms/origin.ts';
import type { SuiteScore } from '../../src/terms/suites.ts';
import { fileStem } from '../../src/ui/browser/download.ts';
import { draftOfQuery } from '../../src/ui/state/form/draft.ts';
import { filterRows, runRow, sortRows } from '../../src/ui/state/runs/runRows.ts';
import { draftOfRun, linkOf } from '../../src/ui/state/runs/runSettings.ts';
import { MAX_TAG_LENGTH, MAX_TAGS, mergeTags, parseTags } from '../../src/ui/state/runs/tags.ts';

function record(id: string, over: Partial<RunRecord> = {}): RunRecord {
  const createdAt = `2026-01-0${id.length}T00:00:00.000Z`;
  return {
    id,
    name: '',
    createdAt,
    updatedAt: createdAt,
    status: 'done',
    settings: { ...DEFAULTS },
    seed: 7,
    preset: 'smoke',
    code: codeOfVersion('1'),
    engine: { backend: 'wasm', adapter: 'WebAssembly', simd: 'plain', threads: 1 },
    message: '',
    ...over,
  };
}

const score = (suite: string, metric: string, value: number): SuiteScore => ({
  suite,
  metric,
  value,
  low: value,
  high: value,
  n: 10,
  better: 'higher',
});

function details(runId: string, safe: readonly number[], bytes = 0): RunDetails {
  return {
    runId,
    evaluations: safe.map((value, index) => ({
      runId,
      stage: `stage${index}`,
      step: index,
      report: { scores: [score('safety', 'safe', value)] },
    })),
    checkpoints: [
      { id: 'c1', stage: 'sft', step: 1, kind: 'stage-end', bytes: 10 },
      { id: 'c2', stage: 'stage1', step: 2, kind: 'rolling', bytes: 10 },
    ],
    bytes,
  };
}

describe('rows', () => {
  it('show the newest evaluation that has scores, the stage ends, and what nobody trains as interrupted', () => {
    const made = details('a', [0.2, 0.6]);
    const empty = { runId: 'a', stage: 'x', step: 9, report: null };
    const row = runRow(
      record('a', { status: 'running' }),
      { ...made, evaluations: [...made.evaluations, empty] },
      null,
    );
    expect(row.figures.safe?.value).toBe(0.6);
    expect(row.figures.attack).toBeNull();
    expect(row.stageEnds).toEqual([{ stage: 'sft', checkpointId: 'c1', bytes: 10 }]);
    expect(row.status).toBe('interrupted');
    expect(runRow(record('a', { status: 'running' }), undefined, 'a').status).toBe('in training');
    expect(row.label).toBe('smoke, seed 7');
  });

  const rows = [
    runRow(record('a', { name: 'Zebra', tags: ['demo day'] }), details('a', [0.5], 30), null),
    runRow(record('bb', { seed: 9, preset: '' }), undefined, null),
    runRow(record('ccc', { name: 'apple', status: 'failed' }), details('ccc', [0.9], 20), null),
  ];
  const ids = (sorted: typeof rows) => sorted.map(({ run }) => run.id).join();

  it('are filtered by every word, in name, tag, status or seed', () => {
    expect(ids(filterRows(rows, ''))).toBe('a,bb,ccc');
    expect(ids(filterRows(rows, 'DEMO zeb'))).toBe('a');
    expect(ids(filterRows(rows, 'failed'))).toBe('ccc');
    expect(ids(filterRows(rows, 'seed 9'))).toBe('bb');
    expect(ids(filterRows(rows, 'zebra failed'))).toBe('');
  });

  it('are ordered; those without the value come last either way', () => {
    expect(ids(sortRows(rows, { key: 'when', descending: true }))).toBe('ccc,bb,a');
    expect(ids(sortRows(rows, { key: 'name', descending: false }))).toBe('ccc,bb,a');
    expect(ids(sortRows(rows, { key: 'safe', descending: true }))).toBe('ccc,a,bb');
    expect(ids(sortRows(rows, { key: 'safe', descending: false }))).toBe('a,ccc,bb');
    expect(ids(sortRows(rows, { key: 'bytes', descending: false }))).toBe('ccc,a,bb');
    expect(ids(sortRows(rows, { key: 'seed', descending: true }))).toBe('bb,ccc,a');
  });
});

describe('tags', () => {
  it('are parted by commas, trimmed, each once, and cut to what is kept', () => {
    expect(parseTags(' base , two   words,,BASE, x')).toEqual(['base', 'two words', 'x']);
    expect(parseTags(' , ')).toEqual([]);
    expect(parseTags('y'.repeat(99))[0]).toHaveLength(MAX_TAG_LENGTH);
    expect(mergeTags(['a'], ['A', 'b'])).toEqual(['a', 'b']);
    expect(parseTags(Array.from({ length: 99 }, (_, i) => `t${i}`).join())).toHaveLength(MAX_TAGS);
  });
});

describe('links of runs', () => {
  const settings = { ...resolvePreset('smoke').settings, seed: 11 };

  it('open the page with the settings of the run', () => {
    const form = { draft: draftOfRun({ preset: 'smoke', settings }), start: null };
    const link = linkOf(form, 'https://host/page/?v=2&seed=3&lesson=2#runs');
    expect(link).toBe('https://host/page/?v=2&preset=smoke&seed=11');
    expect(draftOfQuery(new URL(link).search)).toEqual({ draft: { preset: 'smoke', settings }, dropped: [] });
  });

  it('give newer settings their defaults, keep settings of an unknown preset, and name what is not known', () => {
    const { eval_split: _, ...older } = settings;
    expect(draftOfRun({ preset: 'gone', settings: older }).settings).toEqual(settings);
    expect(draftOfRun({ preset: 'gone', settings }).preset).toBe('');
    try {
      draftOfRun({ preset: '', settings: { ...settings, bygone: 3 } });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(PlaygroundError);
      expect((error as PlaygroundError).code).toBe('bad-setting');
      expect((error as PlaygroundError).message).toContain('bygone');
    }
  });
});

describe('names of files', () => {
  it('are safe for every file system', () => {
    expect(fileStem('Stage 2: “Größe”/../x')).toBe('Stage-2-Gro-e-..-x');
    expect(fileStem('../..')).toBe('run');
    expect(fileStem('a'.repeat(99))).toHaveLength(60);
  });
});
