// The store's contract on the memory store.

import { describe, test } from 'vitest';
import { MemoryStore } from '../../src/storage/memoryStore.ts';
import { contract } from './contract.ts';

describe('MemoryStore', () => {
  test.each(contract)('$name', ({ run }) => run(async () => new MemoryStore()));
});
