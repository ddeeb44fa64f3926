// Ctrl-C: once to stop cleanly, twice to abort.

/** npm, the bootstrap and the terminal may each pass the same Ctrl-C on: what comes this soon is the same one. */
const SAME_MS = 500;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

export type InterruptActions = { first: () => void; second: () => void };
export type Interrupts = {
  /** How often it was pressed. */
  readonly count: number;
  /** Stops listening: Ctrl-C ends the process again. */
  end: () => void;
};

export function listenToInterrupts(actions: InterruptActions, now: () => number = Date.now): Interrupts {
  let count = 0;
  let lastMs = Number.NEGATIVE_INFINITY;
  const listener = (): void => {
    if (now() - lastMs < SAME_MS) return;
    lastMs = now();
    count += 1;
    if (count === 1) actions.first();
    else actions.second();
  };
  for (const name of SIGNALS) process.on(name, listener);
  return {
    get count() {
      return count;
    },
    end: () => {
      for (const name of SIGNALS) process.off(name, listener);
    },
  };
}

/** Resolves at Ctrl-C. */
export function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of SIGNALS) process.once(signal, () => resolve());
  });
}
