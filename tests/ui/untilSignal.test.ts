// Waiting for a signal: at once, later, and not for ever.

import { signal } from '@preact/signals';
import { expect, test, vi } from 'vitest';
import { untilSignal } from '../../src/ui/session/untilSignal.ts';

const settled = async (wait: Promise<void>): Promise<boolean> => {
  let over = false;
  void wait.then(() => {
    over = true;
  });
  for (let turns = 0; turns < 5; turns++) await Promise.resolve();
  return over;
};

test('resolves at once, when the value comes to hold, and after the time', async () => {
  vi.useFakeTimers();
  try {
    const phase = signal('stopped');
    expect(await settled(untilSignal(phase, (now) => now === 'stopped', 1000))).toBe(true);
    phase.value = 'running';
    const later = untilSignal(phase, (now) => now === 'stopped', 1000);
    expect(await settled(later)).toBe(false);
    phase.value = 'stopped';
    expect(await settled(later)).toBe(true);
    const never = untilSignal(phase, (now) => now === 'done', 1000);
    vi.advanceTimersByTime(999);
    expect(await settled(never)).toBe(false);
    vi.advanceTimersByTime(1);
    expect(await settled(never)).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});
