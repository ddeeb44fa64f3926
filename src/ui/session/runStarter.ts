// Starts runs, new and stored ones; the run on view shows it from the first moment.

import type { Signal } from '@preact/signals';
import { PlaygroundError } from '../../base/errors.ts';
import { readSettings } from '../../config/index.ts';
import type { StartRequest } from '../../protocol/messages.ts';
import { emptyRun, isActive, type RunState } from '../state/run/runState.ts';
import type { Connections } from './connections.ts';
import type { RunLibrary } from './library.ts';
import { pinRequest } from './pins.ts';

/** To begin takes seconds. A worker that takes longer waits for a device or a store that never answers. */
const MOST_BEGIN_MS = 120_000;

/** What may differ when a stored run goes on. */
export type GoOnOptions = Pick<StartRequest, 'driven' | 'paused' | 'engine'>;

export class RunStarter {
  /** The newest run is driven by a program. */
  driven = false;
  readonly #connections: Connections;
  readonly #stored: RunLibrary;
  readonly #shown: Signal<RunState>;

  constructor(connections: Connections, stored: RunLibrary, shown: Signal<RunState>) {
    this.#connections = connections;
    this.#stored = stored;
    this.#shown = shown;
  }

  async start(request: StartRequest): Promise<string> {
    await this.#connections.open();
    this.driven = request.driven ?? false;
    const before = this.#shown.value;
    const resumed = request.resumeRunId;
    const shown = resumed ? await this.#stored.state(resumed) : emptyRun();
    this.#shown.value = { ...shown, phase: 'starting', message: '' };
    try {
      const { runId } = await this.#begin(this.driven ? request : { pins: pinRequest(), ...request });
      const now = this.#shown.value;
      this.#shown.value = { ...now, runId, phase: now.phase === 'starting' ? 'running' : now.phase };
      await this.#stored.refresh();
      return runId;
    } catch (error) {
      this.#shown.value = { ...before, phase: isActive(before.phase) ? 'failed' : before.phase };
      throw error;
    }
  }

  /** @throws PlaygroundError `worker-died` where there is no answer in time; the next call has another worker. */
  async #begin(request: StartRequest): Promise<{ runId: string }> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#connections.dropTrainer();
    }, MOST_BEGIN_MS);
    try {
      return await this.#connections.trainer.start(request);
    } catch (error) {
      if (!isLate) throw error;
      throw new PlaygroundError(
        'worker-died',
        `The run did not begin within ${MOST_BEGIN_MS / 1000} s, and its worker was ended.`,
        'Start it again: another worker takes its place. If that one does not begin either, reload the page or choose another engine.',
      );
    } finally {
      clearTimeout(timer);
    }
  }

  /** From the newest checkpoint. */
  async goOn(runId: string, options: GoOnOptions = {}): Promise<string> {
    const run = await this.#stored.record(runId);
    // The worker takes the stored settings of a resumed run; these are sent for the form of the request alone.
    const { settings } = readSettings(run);
    return await this.start({ settings, preset: run.preset, name: run.name, resumeRunId: runId, ...options });
  }
}
