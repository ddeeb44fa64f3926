// Other tabs of the page: which runs they train, what those runs say, and when they are let go.

import { webLocks } from '../../protocol/locks.ts';
import type { TrainEvent } from '../../protocol/messages.ts';
import type { StoreWorkerApi } from '../../storage/workerApi.ts';
import { runLock, runOfLock } from '../../terms/run.ts';

const CHANNEL = 'cosmo-events';

/** How often a tab is asked whether it still has the run that is watched, where no lock tells. */
const ASK_MS = 2000;

/** Where there are no Web Locks, the store workers of the tabs know. */
type Claims = Pick<StoreWorkerApi, 'runsOfOtherTabs'>;

/** Runs that a train worker holds, in whatever tab. */
export async function heldRuns(claims: Claims): Promise<ReadonlySet<string>> {
  try {
    const { held = [] } = (await webLocks()?.query()) ?? {};
    if (webLocks()) return new Set(held.flatMap(({ name }) => runOfLock(name) ?? []));
  } catch {
    // Refused: as if there were none.
  }
  return new Set(await claims.runsOfOtherTabs());
}

export class OtherTabs {
  readonly #claims: Claims;
  #channel: BroadcastChannel | null = null;
  #ending: AbortController | null = null;

  constructor(claims: Claims) {
    this.#claims = claims;
  }

  /** Lets tabs that watch this one's run follow it. */
  publish(events: readonly TrainEvent[]): void {
    try {
      this.#open()?.postMessage(events);
    } catch {
      // Other tabs see it when they open the run.
    }
  }

  /** Follows what a tab posts of a run; `onFree` is called once that tab has released it. Ends what was watched before. */
  watch(onEvents: (events: readonly TrainEvent[]) => void, runId: string, onFree: () => void): void {
    this.endWatching();
    const ending = new AbortController();
    const { signal } = ending;
    this.#ending = ending;
    const listener = (message: MessageEvent<readonly TrainEvent[]>) =>
      onEvents(message.data.filter((event) => event.runId === runId));
    this.#open()?.addEventListener('message', listener, { signal });
    void this.#untilFree(runId, signal).then(() => {
      if (!signal.aborted) onFree();
    });
  }

  async #untilFree(runId: string, signal: AbortSignal): Promise<void> {
    try {
      const request = webLocks()?.request(runLock(runId), { signal }, () => undefined);
      if (request) return await request;
    } catch {
      // Ended by the signal, or refused.
    }
    while (!signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, ASK_MS));
      const held = await heldRuns(this.#claims).catch(() => null);
      if (held && !held.has(runId)) return;
    }
  }

  endWatching(): void {
    this.#ending?.abort();
    this.#ending = null;
  }

  #open(): BroadcastChannel | null {
    try {
      this.#channel ??= new BroadcastChannel(CHANNEL);
    } catch {
      // There is none, or it is refused: this tab hears nothing of the others.
    }
    return this.#channel;
  }
}
