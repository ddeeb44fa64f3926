// Stored runs as the rows of a table: names, stages, newest figures; filter and order.

import { decodeScores } from '../../../protocol/decode.ts';
import type { EvaluationEvent, SuiteScore } from '../../../protocol/messages.ts';
import type { RunDetails } from '../../../storage/idbDetails.ts';
import type { RunRecord } from '../../../storage/types.ts';
import { runTitle } from './runTitle.ts';

/** The figures of the table: each one score of the newest evaluation. */
export const FIGURES = [
  { id: 'safe', title: 'Safe', suite: 'safety', metric: 'safe', about: 'Safe answers to unsafe requests.' },
  {
    id: 'attack',
    title: 'Held-out attacks',
    suite: 'jailbreak-heldout',
    metric: 'attack_success',
    about: 'Attacks of kinds never seen in training that got an unsafe answer.',
  },
  {
    id: 'refusal',
    title: 'Over-refusal',
    suite: 'overrefusal',
    metric: 'over_refusal',
    about: 'Harmless requests that only look harmful, refused.',
  },
  {
    id: 'reasoning',
    title: 'Reasoning',
    suite: 'reasoning',
    metric: 'accuracy',
    about: 'Right answers to questions that need several steps.',
  },
] as const;
export type FigureId = (typeof FIGURES)[number]['id'];

export type RunStatusWord = 'in training' | 'interrupted' | 'paused' | 'stopped' | 'done' | 'failed';

export type RunRow = {
  run: RunRecord;
  label: string;
  status: RunStatusWord;
  /** Model: size and backbone as the settings say. */
  size: string;
  backbone: string;
  /** Stages whose end is stored, oldest first; with its checkpoint. */
  stageEnds: readonly { stage: string; checkpointId: string; bytes: number }[];
  /** By step. */
  evaluations: readonly EvaluationEvent[];
  /** Newest evaluation with scores; null where there is none. */
  newest: EvaluationEvent | null;
  figures: { readonly [id in FigureId]: SuiteScore | null };
  tags: readonly string[];
  /** About; null while it is not known. */
  bytes: number | null;
};

/** `liveId`: the run that is being trained here, if any. A run that nobody trains is not running, whatever its record says. */
export function runRow(run: RunRecord, details: RunDetails | undefined, liveId: string | null): RunRow {
  const evaluations = (details?.evaluations ?? []).map(
    ({ stage, step, report }): EvaluationEvent => ({
      kind: 'evaluation',
      runId: run.id,
      stage,
      step,
      scores: decodeScores(report),
    }),
  );
  const newest = evaluations.findLast(({ scores }) => scores.length > 0) ?? null;
  const status = run.id === liveId ? 'in training' : run.status === 'running' ? 'interrupted' : run.status;
  return {
    run,
    label: runTitle(run),
    status,
    size: String(run.settings.size ?? ''),
    backbone: String(run.settings.backbone ?? ''),
    stageEnds: (details?.checkpoints ?? [])
      .filter(({ kind }) => kind === 'stage-end')
      .map(({ stage, id, bytes }) => ({ stage, checkpointId: id, bytes })),
    evaluations,
    newest,
    figures: figuresOf(newest),
    tags: run.tags ?? [],
    bytes: details?.bytes ?? null,
  };
}

export function figuresOf(evaluation: EvaluationEvent | null): RunRow['figures'] {
  const find = (id: FigureId): SuiteScore | null => {
    const wanted = FIGURES.find((figure) => figure.id === id);
    return (
      evaluation?.scores.find(({ suite, metric }) => suite === wanted?.suite && metric === wanted.metric) ??
      null
    );
  };
  return {
    safe: find('safe'),
    attack: find('attack'),
    refusal: find('refusal'),
    reasoning: find('reasoning'),
  };
}

/** Rows in which every word of the text occurs: in name, preset, status, tags, size, backbone, seed or device. */
export function filterRows(rows: readonly RunRow[], text: string): RunRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    const { preset, seed, device } = row.run;
    const hay = [row.label, preset, row.status, ...row.tags, row.size, row.backbone, `seed ${seed}`, device];
    const all = hay.join('\n').toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

export const SORT_KEYS = [
  'when',
  'name',
  'status',
  'preset',
  'seed',
  'bytes',
  ...FIGURES.map(({ id }) => id),
] as const;
export type SortKey = (typeof SORT_KEYS)[number];
export type Sorting = { key: SortKey; descending: boolean };

/** In the wanted order; rows without the value come last either way, and equal ones stay newest first. */
export function sortRows(rows: readonly RunRow[], { key, descending }: Sorting): RunRow[] {
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [sortValue(a, key), sortValue(b, key)];
    if (x === null || y === null) return (x === null ? 1 : 0) - (y === null ? 1 : 0) || newerFirst(a, b);
    const order =
      typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y), 'en');
    return sign * order || newerFirst(a, b);
  });
}

function newerFirst(a: RunRow, b: RunRow): number {
  return b.run.createdAt.localeCompare(a.run.createdAt) || a.run.id.localeCompare(b.run.id);
}

function sortValue(row: RunRow, key: SortKey): string | number | null {
  switch (key) {
    case 'when':
      return row.run.createdAt;
    case 'name':
      return row.label.toLowerCase();
    case 'status':
      return row.status;
    case 'preset':
      return row.run.preset || null;
    case 'seed':
      return row.run.seed;
    case 'bytes':
      return row.bytes;
    default:
      return row.figures[key]?.value ?? null;
  }
}
