// Tabs without Web Locks: one of them has a run, and the others learn it.

import { afterEach, expect, it } from 'vitest';
import { TabClaims } from '../../src/protocol/tabClaims.ts';

const open: TabClaims[] = [];

function tab(): TabClaims {
  const claims = new TabClaims();
  open.push(claims);
  return claims;
}

afterEach(() => {
  for (const claims of open.splice(0)) claims.close();
});

it('CASES 28: without Web Locks a second tab is refused the run until the first lets it go or is gone', async () => {
  const [first, second, third] = [tab(), tab(), tab()];
  expect(await first.claim('a')).toBe(true);
  expect(await second.claim('a')).toBe(false);
  expect([...(await second.heldElsewhere())]).toEqual(['a']);
  // The same tab, with another train worker.
  expect(await first.claim('a')).toBe(true);
  first.letGo('a');
  expect(await second.claim('a')).toBe(true);
  second.close();
  expect(await third.claim('a')).toBe(true);
});

it('CASES 28: of tabs that claim a run at the same moment exactly one has it', async () => {
  const granted = await Promise.all([tab(), tab(), tab()].map((each) => each.claim('b')));
  expect(granted.filter(Boolean)).toHaveLength(1);
});
