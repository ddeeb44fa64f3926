// The page's line to the inspector: another inspector takes the place of a dead one, and what waited is asked once more.

import { describe, expect, it } from 'vitest';
import { PlaygroundError } from '../../src/protocol/errors.ts';
import { InspectorClient, type InspectorLink } from '../../src/ui/session/inspectorClient.ts';

/** Labs whose first `deadly` ones die of their first question. */
function labs(deadly: number) {
  const deaths: string[] = [];
  let opened = 0;
  const open = (): InspectorLink => {
    opened += 1;
    const name = `inspector ${opened}`;
    const dies = opened <= deadly;
    let announce: (error: PlaygroundError) => void = () => undefined;
    const died = new Promise<PlaygroundError>((resolve) => {
      announce = resolve;
    });
    const ask = async () => {
      if (!dies) return name;
      const error = new PlaygroundError('worker-died', `${name} has stopped.`, 'Try again.');
      announce(error);
      throw error;
    };
    const api = {
      connect: async () => undefined,
      report: ask,
      adopt: ask,
      group: async () => {
        throw new PlaygroundError('not-found', 'No such group.', 'Choose another one.');
      },
    };
    return { api, died, markDead: () => undefined } as unknown as InspectorLink;
  };
  const client = new InspectorClient(
    open,
    async () => undefined,
    (error) => deaths.push(error.message),
  );
  return { client, deaths, opened: () => opened };
}

// The models' address is made from that of the document.
Object.assign(globalThis, { document: { baseURI: 'http://localhost/' } });

describe('the inspector client', () => {
  it('asks another inspector what a dead one did not answer, and tells of the death', async () => {
    const { client, deaths, opened } = labs(1);
    const api = await client.api();
    expect(await Promise.all([api.report('a'), api.report('b')])).toEqual(['inspector 2', 'inspector 2']);
    expect(await api.report('c')).toBe('inspector 2');
    expect([opened(), deaths]).toEqual([2, ['inspector 1 has stopped.']]);
  });

  it('does not ask for ever: a question that kills two labs fails, and the next one has a inspector again', async () => {
    const { client } = labs(2);
    const api = await client.api();
    await expect(api.report('a')).rejects.toMatchObject({ code: 'worker-died' });
    expect(await api.report('b')).toBe('inspector 3');
  });

  it('does nothing twice that writes, and passes other errors on', async () => {
    const { client, opened } = labs(1);
    const api = await client.api();
    await expect(api.group({ runId: '', step: 0, group: 0, ratioUnder: null })).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(api.adopt('m')).rejects.toMatchObject({ code: 'worker-died' });
    expect(opened()).toBe(1);
    expect(await api.adopt('m')).toBe('inspector 2');
  });
});
