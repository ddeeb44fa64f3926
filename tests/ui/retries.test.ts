// How often a run is taken up again by itself.

import { describe, expect, it } from 'vitest';
import { MAX_LOSSES, MAX_TRIES, Retries } from '../../src/ui/session/retries.ts';

describe('retries', () => {
  it('end after a few tries without a new step, and begin anew with one', () => {
    const retries = new Retries();
    retries.reached(10);
    const tries = Array.from({ length: MAX_TRIES }, () => retries.next());
    expect(tries).toEqual(tries.map((_, i) => i + 1));
    // Steps since the last checkpoint were done before: doing them again is no progress.
    retries.reached(10);
    expect(retries.next()).toBeNull();
    retries.reached(11);
    expect(retries.next()).toBe(1);
  });

  it('leave the device after a few losses, however much was done between them', () => {
    const retries = new Retries();
    const losses = Array.from({ length: MAX_LOSSES }, (_, i) => {
      retries.reached(100 * (i + 1));
      return retries.lost();
    });
    expect(losses).toEqual(losses.map((_, i) => i === MAX_LOSSES - 1));
    retries.clear();
    expect(retries.lost()).toBe(false);
  });
});
