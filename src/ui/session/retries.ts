// How often a run is taken up again by itself: not for ever where it never gets further.

/** Times in a row without a new iteration. */
export const MAX_TRIES = 3;
/** So many losses of its device, and a run goes on without one. */
export const MAX_LOSSES = 3;

export class Retries {
  #tries = 0;
  #losses = 0;
  #furthest = 0;

  /** A step that no earlier try has reached clears the count; the first ones after a checkpoint were done before. */
  reached(step: number): void {
    if (step <= this.#furthest) return;
    this.#furthest = step;
    this.#tries = 0;
  }

  /** Counts one more try: its number from 1, or null where it would be one too many. */
  next(): number | null {
    if (this.#tries >= MAX_TRIES) return null;
    this.#tries += 1;
    return this.#tries;
  }

  /** Counts a lost device; true once the run had better do without. Losses far apart count too: such a device is not reliable. */
  lost(): boolean {
    this.#losses += 1;
    return this.#losses >= MAX_LOSSES;
  }

  /** For another run, or after a user's own command. */
  clear(): void {
    this.#tries = 0;
    this.#losses = 0;
    this.#furthest = 0;
  }
}
