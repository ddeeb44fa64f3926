// Asks a slow question for the newest input alone: waits until the input rests, asks one at a time, drops answers to older inputs.

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
  let newest = 0;
  let asking = false;
  let waiting: { input: I; number: number } | null = null;

  const go = async (): Promise<void> => {
    if (asking || !waiting) return;
    const { input, number } = waiting;
    waiting = null;
    asking = true;
    const startedAt = performance.now();
    try {
      const output = await answer(input);
      if (number === newest) onAnswer(output, input, performance.now() - startedAt);
    } catch (error) {
      if (number === newest) onError(error, input);
    } finally {
      asking = false;
    }
    await go();
  };

  return {
    ask(input) {
      newest += 1;
      waiting = null;
      const number = newest;
      clearTimeout(timer);
      timer = setTimeout(() => {
        waiting = { input, number };
        void go();
      }, restMs);
    },
    forget() {
      newest += 1;
      waiting = null;
      clearTimeout(timer);
    },
  };
}
