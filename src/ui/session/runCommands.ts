// The commands to the train worker: start, go on with a stored run, pause, step, stop; the view follows them.

import type { Signal } from '@preact/signals';
import type { Settings } from '../../config/index.ts';
import type { DeviceReport, EstimateRequest, RunEstimate, StartRequest } from '../../protocol/messages.ts';
import { emptyRunView, isActive, type RunView } from '../state/run/runView.ts';
import type { Connections } from './connections.ts';
import type { StoredRuns } from './storedRuns.ts';

/** What may differ when a stored run goes on. */
export type GoOnOptions = Pick<StartRequest, 'driven' | 'paused' | 'engine'>;

export class RunCommands {
  /** The newest run is driven by a program. */
  driven = false;
  readonly #connections: Connections;
  readonly #stored: StoredRuns;
  readonly #view: Signal<RunView>;

  constructor(connections: Connections, stored: StoredRuns, view: Signal<RunView>) {
    this.#connections = connections;
    this.#stored = stored;
    this.#view = view;
  }

  async describeDevice(engineChoice: string): Promise<DeviceReport> {
    return await (await this.#connections.trainer()).describeDevice(engineChoice);
  }

  async estimate(request: EstimateRequest): Promise<RunEstimate> {
    return await (await this.#connections.trainer()).estimate(request);
  }

  async start(request: StartRequest): Promise<string> {
    const trainer = await this.#connections.trainer();
    this.driven = request.driven ?? false;
    const before = this.#view.value;
    const resumed = request.resumeRunId;
    const view = resumed ? await this.#stored.view(resumed) : emptyRunView();
    this.#view.value = { ...view, phase: 'starting', message: '' };
    try {
      const { runId } = await trainer.start(request);
      const now = this.#view.value;
      this.#view.value = { ...now, runId, phase: now.phase === 'starting' ? 'running' : now.phase };
      await this.#stored.refresh();
      return runId;
    } catch (error) {
      this.#view.value = { ...before, phase: isActive(before.phase) ? 'failed' : before.phase };
      throw error;
    }
  }

  /** From the newest checkpoint. */
  async goOn(runId: string, options: GoOnOptions = {}): Promise<string> {
    const run = await this.#stored.record(runId);
    // The worker takes the stored settings of a resumed run; these are sent for the form of the request alone.
    const settings = run.settings as Settings;
    return await this.start({ settings, preset: run.preset, name: run.name, resumeRunId: runId, ...options });
  }

  async pause(): Promise<void> {
    await (await this.#connections.trainer()).pause();
  }

  async resume(): Promise<void> {
    await (await this.#connections.trainer()).resume();
  }

  async step(): Promise<void> {
    await (await this.#connections.trainer()).step();
  }

  async skip(stage: string): Promise<void> {
    await (await this.#connections.trainer()).skip(stage);
  }

  async stop(): Promise<void> {
    await (await this.#connections.trainer()).stop();
    await this.#stored.refresh();
  }
}
