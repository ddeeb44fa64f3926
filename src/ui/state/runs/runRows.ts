// Stored runs as the rows of a table: names, stages, newest figures; filter and order.

import { decodeEvaluation } from '../../../protocol/decode.ts';
import type { EvaluationEvent } from '../../../protocol/messages.ts';
import type { RunDetails } from '../../../storage/idbDetails.ts';
import type { RunRecord } from '../../../storage/types.ts';
import { engineText } from '../../../terms/origin.ts';
import type { RunStatus } from '../../../terms/run.ts';
import { type ScoreName, scoreOf } from '../../../terms/scores.ts';
import type { SuiteScore } from '../../../terms/suites.ts';
import type { Sorting } from '../sorting.ts';
import { runTitle } from './runNames.ts';

/** The figures of the table: each one score of the newest evaluation. */
export const FIGURES = [
  { id: 'safe', title: 'Met safely', score: 'safe' },
  { id: 'attack', title: 'Held-out attacks', score: 'attack-heldout' },
  { id: 'declined', title: 'Harmless declined', score: 'declined' },
  { id: 'nonsense', title: 'Nonsense', score: 'nonsense-harmful' },
  { id: 'reasoning', title: 'Reasoning', score: 'reasoning' },
] as const satisfies readonly { id: string; title: string; score: ScoreName }[];
export type FigureId = (typeof FIGURES)[number]['id'];

export type RunStatusWord = 'in training' | 'interrupted' | Exclude<RunStatus, 'running'>;

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
  const evaluations = (details?.evaluations ?? []).map((each) => decodeEvaluation(run.id, each));
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
  const found = FIGURES.map(({ id, score }) => [id, scoreOf(evaluation?.scores ?? [], score) ?? null]);
  return Object.fromEntries(found) as RunRow['figures'];
}

/** Rows in which every word of the text occurs: in name, preset, status, tags, size, backbone, seed or device. */
export function filterRows(rows: readonly RunRow[], text: string): RunRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    const { preset, seed, engine } = row.run;
    const hay = [
      row.label,
      preset,
      row.status,
      ...row.tags,
      row.size,
      row.backbone,
      `seed ${seed}`,
      engineText(engine),
    ];
    const all = hay.join('\n').toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

/** What the columns besides the figures are ordered by. */
const VALUES = {
  when: ({ run }: RunRow) => run.createdAt,
  name: ({ label }: RunRow) => label.toLowerCase(),
  status: ({ status }: RunRow) => status,
  preset: ({ run }: RunRow) => run.preset || null,
  seed: ({ run }: RunRow) => run.seed,
  bytes: ({ bytes }: RunRow) => bytes,
} as const;
export type SortKey = keyof typeof VALUES | FigureId;
/** Texts and dates read best newest or first first, figures best highest first. */
export const RISING: readonly SortKey[] = ['name', 'status', 'preset', 'seed'];

/** In the wanted order; rows without the value come last either way, and equal ones stay newest first. */
export function sortRows(rows: readonly RunRow[], { key, descending }: Sorting<SortKey>): RunRow[] {
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
  return key in VALUES
    ? VALUES[key as keyof typeof VALUES](row)
    : (row.figures[key as FigureId]?.value ?? null);
}
