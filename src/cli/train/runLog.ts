// What the driver learns of a run from its events: the newest progress, wall time per stage, how it ended.

import { PlaygroundError, type WireError } from '../../base/errors.ts';
import type { StageTime } from '../../evaluation/index.ts';
import type { ProgressEvent, TrainEvent } from '../../protocol/messages.ts';
import type { RunPhase } from '../../terms/run.ts';
import type { ProgressState } from '../progress.ts';

/** Phases that end a run. */
const LAST_PHASES: readonly RunPhase[] = ['stopped', 'done', 'failed'];

/** Mutable on purpose: one per command, fed with every batch of events. */
export class RunLog {
  progress: ProgressEvent | null = null;
  phase: RunPhase = 'starting';
  message = '';
  /** What the run said when it began or went on: its engine, and what differs from before; null until then. */
  greeting: string | null = null;
  error: WireError | null = null;
  readonly ended: Promise<void>;
  readonly #stageMs: StageTime[] = [];
  #stageIndex = -1;
  #elapsedMs = 0;
  #reward: number | null = null;
  #loss: number | null = null;
  #resolveEnded: () => void = () => {};

  constructor() {
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  add(event: TrainEvent): void {
    switch (event.kind) {
      case 'progress':
        this.#addProgress(event);
        break;
      case 'metrics':
        for (const { values } of event.rows) {
          this.#reward = values.reward ?? this.#reward;
          this.#loss = values['sft/loss'] ?? values['heads/loss'] ?? this.#loss;
        }
        break;
      case 'error':
        this.error = event.error;
        break;
      case 'status':
        this.phase = event.phase;
        this.message = event.message;
        if (event.phase === 'running') this.greeting ??= event.message;
        if (LAST_PHASES.includes(event.phase)) this.#resolveEnded();
        break;
    }
  }

  /** The page is gone: nothing will come any more. */
  fail(error: WireError): void {
    this.error = error;
    this.phase = 'failed';
    this.#resolveEnded();
  }

  get shown(): ProgressState | null {
    if (!this.progress) return null;
    return { progress: this.progress, reward: this.#reward, loss: this.#loss };
  }

  /** Wall time of each stage that this command saw, in order. */
  get stageTimes(): readonly StageTime[] {
    return this.#stageMs;
  }

  /** Why it failed, in words. */
  get failure(): string {
    if (!this.error) return this.message || 'The run failed without saying why.';
    const { code, message, hint, details } = this.error;
    return new PlaygroundError(code, message, hint, details).text;
  }

  #addProgress(event: ProgressEvent): void {
    if (event.stageIndex !== this.#stageIndex) {
      this.#reward = null;
      this.#loss = null;
      this.#stageIndex = event.stageIndex;
      this.#stageMs.push({ stage: event.stage, wallMs: 0 });
      // A resumed run has time behind it that this command did not see.
      if (!this.progress) this.#elapsedMs = event.iteration > 1 || event.stageIndex > 0 ? event.elapsedMs : 0;
    }
    const current = this.#stageMs.at(-1);
    if (current) current.wallMs += event.elapsedMs - this.#elapsedMs;
    this.#elapsedMs = event.elapsedMs;
    this.progress = event;
  }
}
