// Which tab trains which run, where the browser gives no Web Locks: tabs ask each other on a channel, and who does not answer is gone.

const CHANNEL = 'cosmo-claims';
/** A thread that only stores answers within milliseconds. */
const ANSWER_MS = 250;

/** Of two that claim a run at the same moment, the lower ticket has it. */
type Question = { kind: 'who'; asker: string; claim: string | null; ticket: number };
type Answer = { kind: 'mine'; to: string; runs: readonly string[] };

/** Lives in a thread that is never busy for long; several claims of one tab do not stand against each other. */
export class TabClaims {
  readonly #held = new Set<string>();
  /** Runs that are being claimed, with the ticket. */
  readonly #wanted = new Map<string, number>();
  readonly #id = Math.random().toString(36).slice(2);
  #channel: BroadcastChannel | null = null;

  /** False where another tab has the run. */
  async claim(runId: string): Promise<boolean> {
    const ticket = Math.random();
    this.#wanted.set(runId, ticket);
    const others = await this.#ask(runId, ticket);
    // Without its entry it has given way to a rival.
    const isMine = this.#wanted.delete(runId) && !others.has(runId);
    if (!isMine) return false;
    this.#held.add(runId);
    return true;
  }

  letGo(runId: string): void {
    this.#held.delete(runId);
  }

  /** Runs that other tabs have. */
  heldElsewhere(): Promise<ReadonlySet<string>> {
    return this.#ask(null, 0);
  }

  async #ask(claim: string | null, ticket: number): Promise<ReadonlySet<string>> {
    const held = new Set<string>();
    const channel = this.#open();
    const listener = ({ data }: MessageEvent<Question | Answer>) => {
      if (data.kind === 'mine' && data.to === this.#id) for (const runId of data.runs) held.add(runId);
    };
    channel?.addEventListener('message', listener);
    channel?.postMessage({ kind: 'who', asker: this.#id, claim, ticket } satisfies Question);
    await new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
    channel?.removeEventListener('message', listener);
    return held;
  }

  #open(): BroadcastChannel | null {
    if (this.#channel || typeof BroadcastChannel === 'undefined') return this.#channel;
    const channel = new BroadcastChannel(CHANNEL);
    channel.addEventListener('message', ({ data }: MessageEvent<Question | Answer>) => {
      if (data.kind !== 'who') return;
      const { asker, claim, ticket } = data;
      const runs = [...this.#held];
      // A rival may not have heard of this claim: who hears of the other decides for both.
      const own = claim === null ? undefined : this.#wanted.get(claim);
      if (claim !== null && own !== undefined) {
        if (own < ticket) runs.push(claim);
        else this.#wanted.delete(claim);
      }
      if (runs.length > 0) channel.postMessage({ kind: 'mine', to: asker, runs } satisfies Answer);
    });
    this.#channel = channel;
    return channel;
  }

  close(): void {
    this.#channel?.close();
    this.#channel = null;
  }
}
