// The rows of the replay buffer on view: read from the store in small messages, followed while the run trains, filtered, paged.

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { asPlaygroundError, type PlaygroundError } from '../../../base/errors.ts';
import { Newest } from '../../../base/latest.ts';
import type { Settings } from '../../../config/index.ts';
import type { GroupPlace, SampleIndexRow } from '../../../storage/types.ts';
import type { Session } from '../../session/session.ts';
import {
  type BufferFilter,
  NO_FILTER,
  type Page,
  pageOf,
  queryOf,
  type SortKey,
  selectRows,
  stepWindows,
  TEACHING_FIRST,
  togglePin,
} from '../../state/samples/buffer.ts';
import type { Sorting } from '../../state/sorting.ts';

export const PAGE_SIZE = 25;
/** Steps asked for in one message: some thousand rows, which the page takes in within a few milliseconds. */
const WINDOW_STEPS = 100;
const MOST_ROWS = 60_000;

export class BufferModel {
  readonly runId: string;
  readonly filter: Signal<BufferFilter> = signal(NO_FILTER);
  readonly sorting: Signal<Sorting<SortKey>> = signal(TEACHING_FIRST);
  readonly page: Signal<number> = signal(0);
  /** What the store gave for the filter, newest first. */
  readonly rows: Signal<readonly SampleIndexRow[]> = signal([]);
  readonly state: Signal<'new' | 'reading' | 'read'> = signal('new');
  /** More is stored than is read here. */
  readonly cut: Signal<boolean> = signal(false);
  readonly error: Signal<PlaygroundError | null> = signal(null);
  /** Stages and labels that were seen, for the filter. */
  readonly stages: Signal<readonly string[]> = signal([]);
  readonly labels: Signal<readonly string[]> = signal([]);
  /** Steps of the batches that were seen, ascending, whatever the filter. */
  readonly steps: Signal<readonly number[]> = signal([]);

  readonly settings: ReadonlySignal<Settings>;
  readonly pins: ReadonlySignal<readonly GroupPlace[]>;
  /** Version of the policy that is updated next. */
  readonly newestVersion: ReadonlySignal<number>;
  readonly selected: ReadonlySignal<readonly SampleIndexRow[]>;
  readonly shown: ReadonlySignal<Page<SampleIndexRow>>;

  readonly #session: Session;
  readonly #questions = new Newest();

  constructor(session: Session, runId: string, settings: ReadonlySignal<Settings>) {
    this.#session = session;
    this.runId = runId;
    this.settings = settings;
    this.pins = computed(() => session.runs.value.find((run) => run.id === runId)?.pins ?? []);
    this.newestVersion = computed(() => {
      const { metrics, metricsRevision } = session.shown.value;
      const counted = metricsRevision >= 0 ? metrics.latest('policy_version') : null;
      return this.rows.value.reduce((most, row) => Math.max(most, row.policyVersion), counted ?? 0);
    });
    this.selected = computed(() =>
      selectRows(this.rows.value, {
        filter: this.filter.value,
        pins: this.pins.value,
        settings: settings.value,
        newestVersion: this.newestVersion.value,
        sorting: this.sorting.value,
      }),
    );
    this.shown = computed(() => pageOf(this.selected.value, this.page.value, PAGE_SIZE));
  }

  /** Reads everything that the filter asks for, newest steps first; rows appear as they come. */
  async read(): Promise<void> {
    const isNewest = this.#questions.begin();
    const query = queryOf(this.runId, this.filter.value);
    const [first, last] = this.#range(query.minStep, query.maxStep);
    this.state.value = 'reading';
    this.error.value = null;
    this.cut.value = false;
    let rows: SampleIndexRow[] = [];
    try {
      for (const { min, max } of stepWindows(first, last, WINDOW_STEPS)) {
        const found = await this.#session.store.sampleIndex({ ...query, minStep: min, maxStep: max });
        if (!isNewest()) return;
        rows = rows.concat(found);
        this.#remember(found);
        if (rows.length > 0) this.rows.value = rows;
        if (rows.length >= MOST_ROWS) {
          this.cut.value = min > first;
          break;
        }
      }
      this.rows.value = rows;
      this.state.value = 'read';
    } catch (error) {
      if (!isNewest()) return;
      this.error.value = asPlaygroundError(error);
      this.state.value = 'read';
    }
  }

  /** Adds what was stored since; rows of a step never change. */
  async readNewer(): Promise<void> {
    if (this.state.value !== 'read') return;
    const isNewest = this.#questions.now();
    const query = queryOf(this.runId, this.filter.value);
    const newest = this.rows.value[0]?.step ?? -1;
    try {
      const minStep = Math.max(newest + 1, query.minStep ?? 0);
      const found = await this.#session.store.sampleIndex({ ...query, minStep });
      if (!isNewest() || found.length === 0) return;
      this.#remember(found);
      this.rows.value = [...found, ...this.rows.value];
    } catch (error) {
      if (isNewest()) this.error.value = asPlaygroundError(error);
    }
  }

  async togglePin(place: GroupPlace): Promise<void> {
    try {
      await this.#session.library.keepPins(this.runId, togglePin(this.pins.value, place));
    } catch (error) {
      this.#session.report(error);
    }
  }

  /** First and last step that can hold samples. */
  #range(min: number | undefined, max: number | undefined): readonly [number, number] {
    const { steps } = this.#session.shown.value.metrics;
    // Steps that are under way are not among the metrics yet.
    const last = (steps.at(-1) ?? 0) + 1;
    return [Math.max(0, min ?? 0), Math.min(last, max ?? last)];
  }

  #remember(rows: readonly SampleIndexRow[]): void {
    const add = <T>(known: Signal<readonly T[]>, of: (row: SampleIndexRow) => T): void => {
      const all = new Set([...known.value, ...rows.map(of)]);
      if (all.size > known.value.length) known.value = [...all].sort((a, b) => (a < b ? -1 : 1));
    };
    add(this.stages, (row) => row.stage);
    add(this.labels, (row) => row.label);
    add(this.steps, (row) => row.step);
  }
}
