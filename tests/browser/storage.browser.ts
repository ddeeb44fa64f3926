// The store on real IndexedDB: its contract, a full disk, other tabs, dead workers.

import type { Page } from '@playwright/test';
import { fixturePage } from './fixturePages.ts';
import { expect, test } from './fixtures.ts';
import type { ScenarioName } from './pages/storage.ts';

const QUOTA_BYTES = 40_000_000;

/** The test page, in a context (and so a storage) of its own. */
async function open(newPage: (address: string) => Promise<Page>): Promise<Page> {
  const page = await newPage((await fixturePage('storage')).url);
  await page.waitForFunction(() => window.storagePage !== undefined);
  return page;
}

async function limitQuota(page: Page): Promise<void> {
  const devTools = await page.context().newCDPSession(page);
  const origin = new URL(page.url()).origin;
  await devTools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: QUOTA_BYTES });
}

function scenario(name: ScenarioName, prepare: (page: Page) => Promise<void> = async () => {}): void {
  test(name, async ({ newPage }) => {
    const page = await open(newPage);
    await prepare(page);
    await page.evaluate((chosen) => window.storagePage.runScenario(chosen), name);
  });
}

for (const where of ['page', 'worker'] as const) {
  test(`keeps the contract of the store in a ${where}`, async ({ newPage }) => {
    const page = await open(newPage);
    const failures = await page.evaluate((place) => window.storagePage.runContract(place), where);
    expect(failures).toEqual([]);
  });
}

scenario('a full disk is disk-full, and what was stored stays readable', limitQuota);
scenario('another tab that upgrades gets the store; this one says that it is too old');
scenario('a tab that does not let go is named; when it does, all is there');
scenario('a database of version 1 opens with its records');
scenario('a database of version 2 opens with its records, and takes queues');
scenario('a database deleted by another tab is made again');
scenario('a browser without IndexedDB is told so');
scenario('a store worker killed inside a checkpoint leaves the older one');
scenario('a checkpoint with a missing or damaged chunk is passed over; the next one clears up');
scenario('other threads reach the store by ports of their own');
scenario('a worker that crashes, closes itself or does not load is noticed');
