// Connections that the browser closes or refuses: the next use opens another.

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Connection, type ConnectionOptions } from '../../src/storage/connection.ts';

beforeEach(() => void vi.stubGlobal('indexedDB', {}));
afterEach(() => void vi.unstubAllGlobals());

/** Each connection has a number. */
function numbered(): Connection {
  let count = 0;
  const open = async () => ({ number: ++count, close: () => undefined });
  return new Connection({ openDatabase: open as unknown as ConnectionOptions['openDatabase'] });
}

/** Work that fails on the first so many connections, as Safari's does after a sleep. */
const failingOn = (broken: number) => async (db: object) => {
  const { number } = db as { number: number };
  if (number <= broken) throw new DOMException('Connection to Indexed Database server lost', 'UnknownError');
  return number;
};

it('CASES 28: UnknownError opens the database anew, and what comes later works', async () => {
  const connection = numbered();
  expect(await connection.use('a run', failingOn(1))).toBe(2);
  expect(await connection.use('a run', failingOn(1))).toBe(2);
});

it('CASES 28: a connection that fails twice is told, and is not what the next use begins with', async () => {
  const connection = numbered();
  await expect(connection.use('a run', failingOn(2))).rejects.toMatchObject({ code: 'storage-unavailable' });
  expect(await connection.use('a run', failingOn(2))).toBe(3);
});

it('CASES 28: a browser that forbids IndexedDB is asked again at the next use', async () => {
  const connection = numbered();
  vi.stubGlobal('indexedDB', null);
  await expect(connection.use('a run', failingOn(0))).rejects.toThrow('no storage (IndexedDB)');
  vi.stubGlobal('indexedDB', {});
  expect(await connection.use('a run', failingOn(0))).toBe(1);
});
