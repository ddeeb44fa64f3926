// What can be done with stored runs besides training them: names, tags, trash, files, curves, and the next fork.

import { type Signal, signal } from '@preact/signals';
import { PlaygroundError } from '../../base/errors.ts';
import { decodeEvaluation } from '../../protocol/decode.ts';
import type { EvaluationEvent, Fork } from '../../protocol/messages.ts';
import type { RunDetails } from '../../storage/idbDetails.ts';
import type { GroupPlace, Json, RunRecord } from '../../storage/types.ts';
import type { WorkProgress } from '../../storage/workerApi.ts';
import type { Connections } from './connections.ts';
import type { StoredRuns } from './storedRuns.ts';

/** Long work in progress; `giveUp` ends it with nothing changed. */
export type StoreWork = { title: string; progress: WorkProgress | null; giveUp: () => void };

/** The place where the next run begins, with words for it. */
export type NextFork = Fork & { runLabel: string };

export class RunLibrary {
  /** By run id; read with `refreshDetails`. */
  readonly details: Signal<ReadonlyMap<string, RunDetails>> = signal(new Map());
  /** Runs in the trash, newest first. */
  readonly trash: Signal<readonly RunRecord[]>;
  readonly work: Signal<StoreWork | null> = signal(null);
  /** Given: Start begins after a stage of a stored run. */
  readonly nextFork: Signal<NextFork | null> = signal(null);

  readonly #connections: Connections;
  readonly #stored: StoredRuns;

  constructor(connections: Connections, stored: StoredRuns) {
    this.#connections = connections;
    this.#stored = stored;
    this.trash = stored.trash;
  }

  /** What a tab remembers may be gone: the next run cannot begin after a run that is in the trash or not stored at all. */
  dropLostFork(): void {
    const { value: fork } = this.nextFork;
    if (fork && this.#stored.runs.value.every(({ id }) => id !== fork.runId)) this.nextFork.value = null;
  }

  async refreshDetails(): Promise<void> {
    const details = await this.#connections.store.listDetails();
    this.details.value = new Map(details.map((each) => [each.runId, each]));
  }

  rename(runId: string, name: string): Promise<void> {
    return this.#update(runId, { name: name.trim() });
  }

  setTags(runId: string, tags: readonly string[]): Promise<void> {
    return this.#update(runId, { tags });
  }

  /** Nothing is lost: the run is only no longer listed, until it is restored or deleted for good. */
  moveToTrash(runId: string): Promise<void> {
    return this.#update(runId, { trashedAt: new Date().toISOString() });
  }

  restore(runId: string): Promise<void> {
    return this.#update(runId, { trashedAt: undefined });
  }

  async deleteForGood(runIds: readonly string[]): Promise<void> {
    for (const runId of runIds) await this.#connections.store.deleteRun(runId);
    await Promise.all([this.#stored.refresh(), this.refreshDetails()]);
  }

  bundle(runId: string, label: string): Promise<Uint8Array> {
    return this.#withWork(`Packing “${label}”`, (port) => this.#connections.store.exportRunFile(runId, port));
  }

  /** Resolves to the id of the imported run. */
  async importFile(file: File): Promise<string> {
    const runId = await this.#withWork(`Importing ${file.name}`, (port) =>
      this.#connections.store.importRunFile(file, port),
    );
    await Promise.all([this.#stored.refresh(), this.refreshDetails()]);
    return runId;
  }

  /** Imports a bundle; resolves to the id of its run. */
  async importBundle(bytes: Uint8Array): Promise<string> {
    const runId = await this.#connections.store.importBundle(bytes);
    await this.#stored.refresh();
    return runId;
  }

  /** Evaluations in the order of the run. */
  async evaluations(runId: string): Promise<EvaluationEvent[]> {
    const found = await this.#connections.store.listEvaluations(runId);
    return found.map((each) => decodeEvaluation(runId, each)).sort((a, b) => a.step - b.step);
  }

  async keepEvaluation({ runId, stage, step, scores }: EvaluationEvent): Promise<void> {
    const report = { stage, step, scores } as unknown as Json;
    await this.#connections.store.putEvaluation({ runId, stage, step, report });
  }

  /** Keeps the pinned groups of a run in its record. */
  async keepPins(runId: string, pins: readonly GroupPlace[]): Promise<void> {
    await this.#connections.store.updateRun(runId, { pins });
    const { runs } = this.#stored;
    runs.value = runs.value.map((run) => (run.id === runId ? { ...run, pins } : run));
  }

  /** The record moves no `updatedAt`: that is when the run itself went on last. */
  async #update(runId: string, patch: Partial<Omit<RunRecord, 'id'>>): Promise<void> {
    const run = await this.#connections.store.getRun(runId);
    await this.#connections.store.updateRun(runId, {
      ...(run ? { updatedAt: run.updatedAt } : {}),
      ...patch,
    });
    await this.#stored.refresh();
  }

  async #withWork<Result>(title: string, start: (port: MessagePort) => Promise<Result>): Promise<Result> {
    if (this.work.value) {
      throw new PlaygroundError('busy', `${this.work.value.title} is not done yet.`, 'Wait, or give it up.');
    }
    const { port1, port2 } = new MessageChannel();
    const giveUp = () => port1.postMessage('give up');
    this.work.value = { title, progress: null, giveUp };
    port1.onmessage = ({ data }: MessageEvent<WorkProgress>) => {
      this.work.value = { title, progress: data, giveUp };
    };
    try {
      return await start(port2);
    } finally {
      port1.close();
      this.work.value = null;
    }
  }
}
