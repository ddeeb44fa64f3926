// The page's line to a worker: another takes the place of a dead one, pending calls reject, questions are asked once more.

import { describe, expect, it } from 'vitest';
import { PlaygroundError } from '../../src/base/errors.ts';
import type { InspectorControl } from '../../src/protocol/inspector.ts';
import { WorkerClient, type WorkerLink } from '../../src/ui/session/workerClient.ts';

/** Workers whose first `deadly` ones die of their first question; the first `unready` ones cannot be connected. */
function workers(deadly: number, unready = 0) {
  const deaths: string[] = [];
  const ended: string[] = [];
  let opened = 0;
  const open = (): WorkerLink<InspectorControl> => {
    opened += 1;
    const name = `worker ${opened}`;
    const dies = opened <= deadly;
    const connects = opened > unready;
    let announce: (error: PlaygroundError) => void = () => undefined;
    const died = new Promise<PlaygroundError>((resolve) => {
      announce = resolve;
    });
    const die = (reason: string) => {
      ended.push(`${name}: ${reason}`);
      announce(new PlaygroundError('worker-died', `${name} has stopped.`, 'Try again.'));
    };
    const ask = async () => {
      if (!dies) return name;
      die('of a question');
      throw await died;
    };
    const api = {
      connect: async () => {
        if (!connects) throw new PlaygroundError('busy', 'No line.', 'Wait.');
      },
      report: ask,
      adopt: ask,
      group: async () => {
        throw new PlaygroundError('not-found', 'No such group.', 'Choose another one.');
      },
    };
    return { api, died, markDead: die } as unknown as WorkerLink<InspectorControl>;
  };
  const client = new WorkerClient<InspectorControl>({
    open,
    connect: (api) => api.connect(new MessageChannel().port1, ''),
    onDeath: (error) => deaths.push(error.message),
    repeats: (method) => method !== 'adopt',
  });
  return { client, api: client.api, deaths, ended, opened: () => opened };
}

describe('a worker client', () => {
  it('opens no worker before the first call', async () => {
    const { api, opened } = workers(0);
    expect(opened()).toBe(0);
    expect(await api.report('a')).toBe('worker 1');
  });

  it('asks another worker what a dead one did not answer, and reports the death', async () => {
    const { api, deaths, opened } = workers(1);
    expect(await Promise.all([api.report('a'), api.report('b')])).toEqual(['worker 2', 'worker 2']);
    expect(await api.report('c')).toBe('worker 2');
    expect([opened(), deaths]).toEqual([2, ['worker 1 has stopped.']]);
  });

  it('does not ask for ever: a question that kills two workers fails, and the next one has a worker again', async () => {
    const { api } = workers(2);
    await expect(api.report('a')).rejects.toMatchObject({ code: 'worker-died' });
    expect(await api.report('b')).toBe('worker 3');
  });

  it('does nothing twice that writes, and passes other errors on', async () => {
    const { api, opened } = workers(1);
    await expect(api.group({ runId: '', step: 0, group: 0, ratioUnder: null })).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(api.adopt('m')).rejects.toMatchObject({ code: 'worker-died' });
    expect(opened()).toBe(1);
    expect(await api.adopt('m')).toBe('worker 2');
  });

  it('ends a worker that cannot be connected, and opens another at the next call', async () => {
    const { api, ended, deaths } = workers(0, 1);
    await expect(api.report('a')).rejects.toMatchObject({ code: 'busy' });
    expect(await api.report('b')).toBe('worker 2');
    expect([ended, deaths]).toEqual([['worker 1: it could not be connected'], []]);
  });

  it('drops a worker, silently or not', async () => {
    const { client, api, deaths } = workers(0);
    client.drop('nothing is open');
    await client.ready();
    client.drop('its store has stopped', true);
    expect(await api.report('a')).toBe('worker 2');
    client.drop('it was given up');
    expect(await api.report('b')).toBe('worker 3');
    expect(deaths).toEqual(['worker 2 has stopped.']);
  });
});
