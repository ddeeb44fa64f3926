// Other tabs of the page: which runs they train, what those runs say, and when they are let go.

import type { TrainEvent } from '../../protocol/messages.ts';
import { runLock, runOfLock } from '../../terms/run.ts';

const CHANNEL = 'cosmo-events';

function locks(): LockManager | null {
  return typeof navigator === 'undefined' ? null : (navigator.locks ?? null);
}

/** Runs that a train worker holds, in whatever tab. */
export async function heldRuns(): Promise<ReadonlySet<string>> {
  const held = (await locks()?.query())?.held ?? [];
  return new Set(held.flatMap(({ name }) => runOfLock(name) ?? []));
}

export class OtherTabs {
  #channel: BroadcastChannel | null = null;
  #ending: AbortController | null = null;

  /** Lets tabs that watch this one's run follow it. */
  publish(events: readonly TrainEvent[]): void {
    this.#open()?.postMessage(events);
  }

  /** Follows what a tab posts of a run; `onFree` is called once that tab has released it. Ends what was watched before. */
  watch(onEvents: (events: readonly TrainEvent[]) => void, runId: string, onFree: () => void): void {
    this.endWatching();
    const ending = new AbortController();
    this.#ending = ending;
    const listener = (message: MessageEvent<readonly TrainEvent[]>) =>
      onEvents(message.data.filter((event) => event.runId === runId));
    this.#open()?.addEventListener('message', listener, { signal: ending.signal });
    locks()
      ?.request(runLock(runId), { signal: ending.signal }, () => undefined)
      .then(
        () => {
          if (!ending.signal.aborted) onFree();
        },
        () => undefined,
      );
  }

  endWatching(): void {
    this.#ending?.abort();
    this.#ending = null;
  }

  #open(): BroadcastChannel | null {
    if (typeof BroadcastChannel === 'undefined') return null;
    this.#channel ??= new BroadcastChannel(CHANNEL);
    return this.#channel;
  }
}
