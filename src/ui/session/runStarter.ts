// Starts runs, new and stored ones; the run on view shows it from the first moment.

import type { Signal } from '@preact/signals';
import { readSettings } from '../../config/index.ts';
import type { StartRequest } from '../../protocol/messages.ts';
import { emptyRun, isActive, type RunState } from '../state/run/runState.ts';
import type { Connections } from './connections.ts';
import type { RunLibrary } from './library.ts';

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
      const { runId } = await this.#connections.trainer.start(request);
      const now = this.#shown.value;
      this.#shown.value = { ...now, runId, phase: now.phase === 'starting' ? 'running' : now.phase };
      await this.#stored.refresh();
      return runId;
    } catch (error) {
      this.#shown.value = { ...before, phase: isActive(before.phase) ? 'failed' : before.phase };
      throw error;
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
