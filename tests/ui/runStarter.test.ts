// The start of a run: a worker that never answers is replaced, and the page says so.

import { signal } from '@preact/signals';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { PlaygroundError } from '../../src/base/errors.ts';
import { resolvePreset } from '../../src/config/index.ts';
import { Connections, type WorkerLinks } from '../../src/ui/session/connections.ts';
import { RunLibrary } from '../../src/ui/session/library.ts';
import { RunStarter } from '../../src/ui/session/runStarter.ts';
import type { WorkerLink } from '../../src/ui/session/workerClient.ts';
import { emptyRun, type RunState } from '../../src/ui/state/run/runState.ts';

const REQUEST = { settings: resolvePreset('smoke').settings, preset: 'smoke' };

/** A worker of these methods; its pending calls reject when it is declared dead. */
function worker<T>(methods: { [name: string]: () => Promise<unknown> }): WorkerLink<T> {
  let announce: (error: PlaygroundError) => void = () => undefined;
  const died = new Promise<PlaygroundError>((resolve) => {
    announce = resolve;
  });
  const rejected = died.then((error) => Promise.reject(error));
  rejected.catch(() => undefined);
  const api = Object.fromEntries(
    Object.entries(methods).map(([name, method]) => [name, () => Promise.race([method(), rejected])]),
  );
  const markDead = (reason: string) => announce(new PlaygroundError('worker-died', reason, 'Try again.'));
  return { api, died, markDead } as unknown as WorkerLink<T>;
}

/** A page whose first train worker answers a start only after a time; null: never. */
function page(answerMs: number | null) {
  const deaths: string[] = [];
  let trainers = 0;
  const links = {
    openStore: () =>
      worker({ addPort: async () => {}, listRuns: async () => [], estimate: async () => ({}) }),
    openTrainer: () => {
      trainers += 1;
      const waitMs = trainers === 1 ? answerMs : 0;
      const runId = `of worker ${trainers}`;
      return worker({
        connect: async () => {},
        start: () =>
          new Promise((resolve) => {
            if (waitMs !== null) setTimeout(() => resolve({ runId }), waitMs);
          }),
      });
    },
  } as unknown as WorkerLinks;
  const died = ({ message }: PlaygroundError) => void deaths.push(message);
  const connections = new Connections(links, {
    events: () => {},
    storeDied: died,
    trainerDied: died,
    inspectorDied: died,
  });
  const shown = signal<RunState>(emptyRun());
  const starter = new RunStarter(connections, new RunLibrary(connections), shown);
  return { starter, shown, deaths };
}

afterEach(() => vi.useRealTimers());

describe('the start of a run', () => {
  it('ends a worker that does not answer, says so once, and has another one at the next start', async () => {
    vi.useFakeTimers();
    const { starter, shown, deaths } = page(null);
    const first = starter.start(REQUEST).catch((error) => error);
    await vi.advanceTimersByTimeAsync(119_000);
    expect(shown.value.phase).toBe('starting');
    await vi.advanceTimersByTimeAsync(1000);
    expect(await first).toMatchObject({
      code: 'worker-died',
      message: 'The run did not begin within 120 s, and its worker was ended.',
    });
    expect([shown.value.phase, deaths]).toEqual(['idle', []]);
    const second = starter.start(REQUEST);
    await vi.advanceTimersByTimeAsync(0);
    expect(await second).toBe('of worker 2');
    expect(shown.value.phase).toBe('running');
  });

  it('waits for one that is slow, and leaves it alone afterwards', async () => {
    vi.useFakeTimers();
    const { starter, shown, deaths } = page(100_000);
    const first = starter.start(REQUEST);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(await first).toBe('of worker 1');
    await vi.advanceTimersByTimeAsync(500_000);
    expect([shown.value.phase, deaths]).toEqual(['running', []]);
  });
});
