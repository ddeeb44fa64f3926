// The second half of the walk: what happens to pages, and other ways to use them.

import { expect } from '@playwright/test';
import { click, seen, text } from './hands.ts';
import { bundleOf, digestOf, openPage, pastStep, phase, reloadPage, stepOf } from './page.ts';
import { eachView, LONG_RUN, type Step, WHOLE_RUN, YES } from './walk.ts';

const PHONE = { width: 390, height: 800 };

export const LIFE_STEPS: readonly Step[] = [
  {
    name: 'Reloaded in mid-run: goes on by itself, to the same digest',
    take: async ({ tab, server, downloads, digest }) => {
      await openPage(tab, server.url + WHOLE_RUN);
      await click(tab, 'Start', '.transport');
      await pastStep(tab, 5);
      await reloadPage(tab);
      await text(tab, /resumed.*from its last checkpoint, step \d+/, '.alert');
      await phase(tab, 'done');
      const { bytes } = await bundleOf(tab, downloads);
      expect(digestOf(bytes)).toBe(digest);
      return YES;
    },
  },
  {
    name: 'Phone, 390 px wide: no view is wider than the screen',
    take: async ({ browser, server }) => {
      const phone = await browser.newTab(PHONE);
      await openPage(phone, server.url + WHOLE_RUN);
      expect(await phone.evaluate(() => innerWidth)).toBe(PHONE.width);
      await click(phone, 'Runs', 'nav');
      await click(phone, 'Open', '.runs');
      await phase(phone, 'done');
      await eachView(phone, async (title) => {
        const over = await phone.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(over, title).toBeLessThanOrEqual(0);
      });
      await phone.close();
      return YES;
    },
  },
  {
    name: 'Keyboard alone: skip link, start, pause, step, help, new run',
    take: async ({ tab, server }) => {
      await openPage(tab, server.url + LONG_RUN);
      await tab.press('Tab');
      await seen(tab, 'the skip link', () => document.activeElement?.textContent === 'Skip to the view');
      await tab.press('Enter');
      await seen(tab, 'the focus in the view', () => document.activeElement?.tagName === 'MAIN');
      await tab.press(' ');
      await phase(tab, 'running');
      await pastStep(tab, 2);
      await tab.press(' ');
      await phase(tab, 'paused');
      const before = await stepOf(tab);
      await tab.press('.');
      await pastStep(tab, before);
      await phase(tab, 'paused');
      await tab.press('?');
      await text(tab, /start, pause, go on/, 'dialog[open]');
      await tab.press('Escape');
      await seen(tab, 'the dialog closed', () => document.querySelector('dialog[open]') === null);
      await tab.press('r');
      await phase(tab, 'ready');
      return YES;
    },
  },
  {
    name: 'A second tab watches a run, and takes over when the first is closed',
    take: async (walk) => {
      const { tab, browser, server } = walk;
      await openPage(tab, server.url + LONG_RUN);
      await click(tab, 'Start', '.transport');
      await pastStep(tab, 5);
      const second = await browser.newTab();
      await openPage(second, server.url + LONG_RUN);
      await text(second, /is in training in another tab/, '.alert');
      await click(second, 'Watch it', '.alert');
      await phase(second, 'watching');
      const watched = await pastStep(second, 5);
      walk.tab = second;
      await tab.close();
      await text(second, /resumed/, '.alert');
      await phase(second, 'running');
      await pastStep(second, watched);
      await click(second, 'Stop', '.transport');
      await phase(second, 'stopped');
      return YES;
    },
  },
  {
    name: 'Opens and trains after its server is gone',
    take: async ({ tab, server }) => {
      await seen(tab, 'a service worker', () => navigator.serviceWorker?.controller?.state === 'activated');
      await server.close();
      await openPage(tab, server.url + LONG_RUN);
      await click(tab, 'Start', '.transport');
      await pastStep(tab, 2);
      await click(tab, 'Stop', '.transport');
      await phase(tab, 'stopped');
      return YES;
    },
  },
];
