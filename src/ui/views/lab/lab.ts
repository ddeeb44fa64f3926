// The model of the view Lab: the form of a plan, the queues that are stored, the one on show with its runs and results.

import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { PlaygroundError } from '../../../base/errors.ts';
import { type Plan, readPlan } from '../../../experiments/plans.ts';
import type { QueueRecord, RunRecord } from '../../../storage/types.ts';
import { newQueueId, queueOfRun } from '../../../terms/run.ts';
import type { Session } from '../../session/session.ts';
import { resumesByItself } from '../../session/tabMemory.ts';
import type { Bases } from '../../state/lab/baseChoices.ts';
import { type OpenedOr, openPlan, orProblem, planName, shareOf } from '../../state/lab/openedPlan.ts';
import type { PlanAddress } from '../../state/lab/planAddress.ts';
import { firstForm, formOfPlan, type PlanForm, planOfForm } from '../../state/lab/planForm.ts';
import { planJson } from '../../state/lab/queueEdits.ts';
import { type QueueRow, queueRows } from '../../state/lab/queueRows.ts';
import { resultsOf, type StoredParts } from '../../state/lab/storedResult.ts';
import type { Allocation } from '../../state/lab/workTime.ts';
import { chooseAllocation } from './allocation.ts';
import { QueueRunner } from './queueRunner.ts';
import { readParts } from './storedParts.ts';

/** What the cards of the view are given. */
export type LabProps = { lab: Lab; session: Session };

const labs = new WeakMap<Session, Lab>();

export class Lab {
  /** One per session. */
  static of(session: Session): Lab {
    const lab = labs.get(session) ?? new Lab(session);
    labs.set(session, lab);
    return lab;
  }

  /** Null until they are known. */
  readonly bases: Signal<Bases | null> = signal(null);
  readonly form: Signal<PlanForm | null> = signal(null);
  /** Newest first; null until they are read. */
  readonly queues: Signal<readonly QueueRecord[] | null> = signal(null);
  /** Computers of a class among which a link divides the runs, and the one that this is; null where there is no class. */
  readonly seats: Signal<number | null> = signal(null);
  readonly seat: Signal<number | null> = signal(null);
  /** Id of the queue on show; null for the newest. */
  readonly chosen: Signal<string | null> = signal(null);
  readonly runner: QueueRunner;
  /** What the form makes, before it is started. */
  readonly draft: ReadonlySignal<OpenedOr | null>;
  readonly queue: ReadonlySignal<QueueRecord | null>;
  readonly opened: ReadonlySignal<OpenedOr | null>;
  readonly rows: ReadonlySignal<readonly QueueRow[]>;
  readonly results: ReadonlySignal<ReturnType<typeof resultsOf>>;
  /** Of the runs of the plan that have ended: `id` in the plan, and the names of their metrics. */
  readonly ended: ReadonlySignal<readonly { id: string; runId: string; metrics: readonly string[] }[]>;
  /** By id of the stored run. */
  readonly #parts: Signal<ReadonlyMap<string, StoredParts>> = signal(new Map());
  readonly #session: Session;
  /** The plan that was opened last: it is asked for whenever a run moves on. */
  #known: { plan: QueueRecord['plan']; bases: Bases; opened: OpenedOr } | null = null;

  constructor(session: Session) {
    this.#session = session;
    this.runner = new QueueRunner(session, {
      running: () => this.#running(),
      rows: (queue) => this.rowsOf(queue),
      presetOf: (queue) => {
        const opened = this.#openedOf(queue);
        return 'problem' in opened ? '' : opened.base.preset;
      },
      allocation: (queue) => this.#allocation(queue),
      change: (id, change) => this.change(id, change),
      refresh: () => this.refresh(),
      onChange: (listener) => {
        let first = true;
        return this.queues.subscribe(() => {
          if (!first) queueMicrotask(listener);
          first = false;
        });
      },
    });
    this.draft = computed(() => {
      const [form, bases] = [this.form.value, this.bases.value];
      return form && bases && orProblem(() => openPlan(planOfForm(form), bases));
    });
    this.queue = computed(() => {
      const queues = this.queues.value ?? [];
      return queues.find(({ id }) => id === this.chosen.value) ?? queues[0] ?? null;
    });
    this.opened = computed(() => this.queue.value && this.#openedOf(this.queue.value));
    this.rows = computed(() => (this.queue.value ? this.rowsOf(this.queue.value) : []));
    this.ended = computed(() =>
      this.rows.value.flatMap(({ run: { id }, runId }) => {
        const metrics = this.#parts.value.get(runId)?.metrics;
        return metrics ? [{ id, runId, metrics }] : [];
      }),
    );
    this.results = computed(() => {
      const opened = this.opened.value;
      if (!opened || 'problem' in opened) return [];
      const { runs } = shareOf(opened.expansion, this.queue.value?.share);
      return resultsOf(runs, this.rows.value, this.#parts.value);
    });
  }

  /** Reads what is there; a queue that was running goes on. Resolves when it is known what there is. */
  async open(): Promise<void> {
    const { inspector, library } = this.#session;
    const [releases] = await Promise.all([inspector.released(), library.refresh()]);
    batch(() => {
      this.bases.value = { releases, runs: library.runs.value };
      this.form.value ??= firstForm(releases[0]?.name ?? null);
    });
    await this.refresh();
    const queue = this.#running();
    if (queue && this.runner.place.value === 'nobody' && !resumesByItself())
      await this.change(queue.id, (each) => ({
        ...each,
        status: 'paused',
        message: 'The page was closed or reloaded, and automatic resuming is off.',
      }));
    this.#go();
  }

  /** Runs, queues, and the results of runs that have ended, from the store. */
  async refresh(): Promise<void> {
    const { store, library } = this.#session;
    await library.refresh();
    const queues = await store.listQueues();
    batch(() => {
      this.queues.value = queues;
      if (this.bases.value) this.bases.value = { ...this.bases.value, runs: library.runs.value };
    });
    const shown = this.queue.value;
    if (shown) await this.#readResults(shown);
  }

  /** Shows another queue. */
  async show(id: string): Promise<void> {
    this.chosen.value = id;
    await this.refresh();
  }

  fill({ plan, seats }: PlanAddress): void {
    this.form.value = formOfPlan(plan);
    this.seats.value = seats;
    this.seat.value = null;
  }

  /** Stores the plan of the form as a queue, and begins it. */
  async start(): Promise<void> {
    const draft = this.draft.value;
    if (!draft || 'problem' in draft) return;
    if (this.seats.value !== null && this.seat.value === null)
      throw new PlaygroundError(
        'bad-setting',
        'This link is for a class.',
        'Write the number of your seat first.',
      );
    const other = this.#running();
    if (other)
      throw new PlaygroundError(
        'busy',
        `The queue of “${planName(other)}” is not done yet.`,
        'Pause or cancel it below, then start this one.',
      );
    const { plan } = draft;
    const share = this.#share();
    const createdAt = new Date().toISOString();
    const queue: QueueRecord = {
      id: newQueueId(createdAt),
      createdAt,
      status: 'running',
      message: '',
      plan: planJson(plan),
      baseRunId: await this.#baseRun(plan),
      ...(share && { share }),
      ...{ order: [], dropped: [], failures: {}, wallMs: {} },
    };
    await this.#session.store.putQueue(queue);
    this.chosen.value = queue.id;
    await this.refresh();
    this.#go();
  }

  /** Changes a queue and keeps it. */
  async change(id: string, change: (queue: QueueRecord) => QueueRecord): Promise<void> {
    const before = this.queues.value?.find((queue) => queue.id === id);
    if (!before) return;
    const after = change(before);
    this.queues.value = (this.queues.value ?? []).map((queue) => (queue.id === id ? after : queue));
    await this.#session.store.putQueue(after);
  }

  /** Goes on with a queue that is paused, or that has got more runs. */
  async goOn(id: string): Promise<void> {
    const other = this.#running();
    if (other && other.id !== id)
      throw new PlaygroundError(
        'busy',
        `The queue of “${planName(other)}” is not done yet.`,
        'Pause it first.',
      );
    const queue = this.queues.value?.find((each) => each.id === id);
    const opened = queue && this.#openedOf(queue);
    // The release may have been deleted from Runs meanwhile; a run that is gone is said by the first run that needs it.
    if (opened && !('problem' in opened)) await this.#baseRun(opened.plan).catch(() => null);
    await this.change(id, (each) => ({ ...each, status: 'running', message: '' }));
    this.#go();
  }

  /** Another plan for the queue, with what it had and more. @throws SettingError in one sentence. */
  async replan(id: string, change: (plan: Plan) => Plan): Promise<void> {
    const opened = this.opened.value;
    const bases = this.bases.value;
    if (!opened || 'problem' in opened || !bases) return;
    const { plan } = openPlan(change(opened.plan), bases);
    await this.change(id, (queue) => ({ ...queue, plan: planJson(plan) }));
    await this.goOn(id);
  }

  /** The runs stay. */
  async remove(id: string): Promise<void> {
    await this.#session.store.deleteQueue(id);
    this.chosen.value = null;
    await this.refresh();
  }

  rowsOf(queue: QueueRecord): QueueRow[] {
    const opened = this.#openedOf(queue);
    if ('problem' in opened) return [];
    const { runs, library } = this.#session;
    const stored = new Map<string, RunRecord>();
    for (const run of [...runs.value, ...library.trash.value]) stored.set(run.id, run);
    const here = this.runner.training.value;
    const elsewhere = this.runner.place.value === 'elsewhere';
    return queueRows(
      queue,
      shareOf(opened.expansion, queue.share),
      stored,
      (runId) => here.has(runId) || (elsewhere && stored.get(runId)?.status === 'running'),
    );
  }

  async #allocation(queue: QueueRecord): Promise<Allocation> {
    const opened = this.#openedOf(queue);
    const session = this.#session;
    if (!session.device.value) await session.describeDevice('auto');
    if ('problem' in opened) return { workers: 1, threads: 0 };
    // While a run of the user's own is in training no step can be timed.
    const measured = chooseAllocation(session, opened, true).catch(() =>
      chooseAllocation(session, opened, false),
    );
    return (await measured).allocation;
  }

  /** The part of the plan that is this computer's; null for all of it. */
  #share(): QueueRecord['share'] | null {
    const [count, index] = [this.seats.value, this.seat.value];
    return count === null || index === null ? null : { index, count };
  }

  #running(): QueueRecord | null {
    return this.queues.value?.find(({ status }) => status === 'running') ?? null;
  }

  #go(): void {
    if (this.#running()) void this.runner.run().catch((error) => this.#session.report(error));
  }

  #openedOf({ plan }: QueueRecord): OpenedOr {
    const bases = this.bases.value;
    if (!bases) return { problem: 'The base of the plan is being looked up.' };
    const known = this.#known;
    if (known?.plan === plan && known.bases === bases) return known.opened;
    const opened = orProblem(() => openPlan(readPlan(plan), bases));
    this.#known = { plan, bases, opened };
    return opened;
  }

  /** The stored run that runs of the plan begin from; a release is stored as one. */
  async #baseRun({ base }: Plan): Promise<string | null> {
    if ('preset' in base) return null;
    return 'model' in base ? await this.#session.inspector.adopt(base.model) : base.run;
  }

  async #readResults(queue: QueueRecord): Promise<void> {
    const { library, runs } = this.#session;
    const known = this.#parts.value;
    const missing = this.rowsOf(queue).filter(
      ({ state, runId }) => (state === 'done' || state === 'collapsed') && !known.has(runId),
    );
    for (const { runId } of missing) {
      const record = [...runs.value, ...library.trash.value].find(({ id }) => id === runId);
      if (!record || queueOfRun(runId) === null) continue;
      this.#parts.value = new Map(this.#parts.value).set(runId, await readParts(this.#session, record));
    }
  }
}
