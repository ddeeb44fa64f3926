// Only the newest of overlapping questions counts: a mark for it, and a queue of one that waits until the input rests.

export class Newest {
  #count = 0;

  /** Makes every question before this one an old one; the function tells whether this one still is the newest. */
  begin(): () => boolean {
    this.#count += 1;
    const mine = this.#count;
    return () => mine === this.#count;
  }
}

/** Asks a slow question for the newest input alone: one at a time, answers to older inputs are dropped. */
export type Latest<I> = {
  /** The newest input; an answer to an earlier one is never reported. */
  ask: (input: I) => void;
  /** Forgets what was asked; answers that are still to come are dropped. */
  forget: () => void;
};

export type LatestOptions<I, O> = {
  answer: (input: I) => Promise<O>;
  onAnswer: (output: O, input: I, tookMs: number) => void;
  onError: (error: unknown, input: I) => void;
  /** The input must rest as long before it is asked. */
  restMs: number;
};

export function latest<I, O>({ answer, onAnswer, onError, restMs }: LatestOptions<I, O>): Latest<I> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const newest = new Newest();
  let asking = false;
  let waiting: { input: I; isNewest: () => boolean } | null = null;

  const go = async (): Promise<void> => {
    if (asking || !waiting) return;
    const { input, isNewest } = waiting;
    waiting = null;
    asking = true;
    const startedAt = performance.now();
    try {
      const output = await answer(input);
      if (isNewest()) onAnswer(output, input, performance.now() - startedAt);
    } catch (error) {
      if (isNewest()) onError(error, input);
    } finally {
      asking = false;
    }
    await go();
  };

  return {
    ask(input) {
      const isNewest = newest.begin();
      waiting = null;
      clearTimeout(timer);
      timer = setTimeout(() => {
        waiting = { input, isNewest };
        void go();
      }, restMs);
    },
    forget() {
      newest.begin();
      waiting = null;
      clearTimeout(timer);
    },
  };
}
