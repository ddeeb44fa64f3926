// The first half of the walk: one run, from the opening to its files.

import { expect } from '@playwright/test';
import { click, saved, seen, text, type } from './hands.ts';
import { bundleOf, digestOf, fact, openPage, phase, waitForAnswers } from './page.ts';
import type { Tab } from './tab.ts';
import { eachView, type Step, WHOLE_RUN, YES } from './walk.ts';

export const RUN_STEPS: readonly Step[] = [
  {
    name: 'Opens, and released models answer',
    take: async ({ tab, server }) => {
      await openPage(tab, server.url + WHOLE_RUN);
      await text(tab, /Live answers/, '.ways');
      await click(tab, 'Another attack');
      await text(tab, /Live answers to the next test prompt/, '.ways');
      return YES;
    },
  },
  {
    name: 'Engines that it offers',
    take: async ({ tab }) => {
      await click(tab, 'Device', 'nav');
      await text(tab, /Why this one: "wasm" was chosen/);
      await click(tab, 'Other engines, and what they are for');
      await text(tab, /to compare with/, '.engines');
      const lines = await tab.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>('.engines li')].map((line) => line.innerText),
      );
      const here = lines.filter((line) => !line.includes('Not here:')).map((line) => line.split(' ')[0]);
      return here.filter((name) => name !== 'auto').join(', ');
    },
  },
  {
    name: 'WebGPU',
    take: async ({ tab }) => {
      if (await tab.evaluate(() => 'gpu' in navigator)) {
        await text(tab, /A software renderer/);
        return 'yes (in these tests in software)';
      }
      await text(tab, /This browser has no WebGPU.* The engine "wasm" needs none\./);
      return 'no; the page says so and trains on the processor';
    },
  },
  {
    name: 'Several threads',
    take: async ({ tab }) => {
      expect(await tab.evaluate(() => crossOriginIsolated)).toBe(true);
      // Shared memory that cannot be handed to another thread is of no use.
      const shares = await tab.evaluate(sharesMemory);
      const threads = Number(await fact(tab, 'Threads of the engine'));
      expect(threads > 1, `${threads} threads`).toBe(shares);
      return shares ? YES : 'no (a worker cannot share memory); it trains on one';
    },
  },
  {
    name: 'Trains 30 iterations and the stages after them',
    take: async ({ tab }) => {
      await click(tab, 'Train', 'nav');
      await click(tab, 'Start', '.transport');
      await phase(tab, 'done');
      await text(tab, /SFT\s+30 \/ 30/, '.rail');
      return YES;
    },
  },
  {
    name: 'Same digest as `npm run train` gives',
    take: async ({ tab, downloads, digest }) => {
      const { bytes } = await bundleOf(tab, downloads);
      expect(digestOf(bytes)).toBe(digest);
      return YES;
    },
  },
  {
    name: 'Import of the bundle',
    take: async ({ tab, downloads }) => {
      const { path } = await bundleOf(tab, downloads);
      await tab.upload(path);
      await text(tab, /“smoke, seed 7 \(2\)” is imported\./, '.alert');
      await click(tab, 'Open it', '.alert');
      await phase(tab, 'done');
      return YES;
    },
  },
  {
    name: 'Metrics, report and weights saved as files',
    take: async ({ tab, downloads }) => {
      await click(tab, 'Runs', 'nav');
      const file = async (button: string) => (await saved(tab, downloads, button, '.run-panel')).name;
      expect(await file('Metrics (CSV)')).toBe('smoke-seed-7-metrics.csv');
      expect(await file('Report (Markdown)')).toBe('smoke-seed-7-report.md');
      expect(await file('Weights after Stage 2 (safetensors)')).toBe('smoke-seed-7-stage2.safetensors');
      return YES;
    },
  },
  {
    name: 'A chart saved as PNG',
    take: async ({ tab, downloads }) => {
      await click(tab, 'Train', 'nav');
      const { bytes } = await saved(tab, downloads, 'Save the chart of Reward against gold reward as PNG');
      expect([...bytes.subarray(1, 4)]).toEqual([0x50, 0x4e, 0x47]);
      return YES;
    },
  },
  {
    name: 'Every view',
    take: async ({ tab }) => {
      await eachView(tab);
      return YES;
    },
  },
  {
    name: 'Probe: an example, and its words typed anew',
    take: async ({ tab }) => {
      await click(tab, 'Probe', 'nav');
      await click(tab, 'Value question');
      await waitForAnswers(tab);
      const words = await selectWords(tab);
      await type(tab, 'xy');
      await text(tab, /xy/, '.words [role=alert]');
      await selectWords(tab);
      await type(tab, words);
      await tab.press('Enter');
      await seen(
        tab,
        'the question',
        (asked) => (document.querySelector('.request')?.textContent ?? '').includes(asked),
        words,
      );
      await waitForAnswers(tab);
      return YES;
    },
  },
  {
    name: 'Copies a link',
    take: async ({ tab }) => {
      await click(tab, 'Train', 'nav');
      await click(tab, 'Copy link', '#settings');
      const said = await text(tab, /Copied\.|Copy it from here:/, '#settings .copy');
      return said === 'Copied.' ? YES : 'shows it to be copied by hand';
    },
  },
  {
    name: 'Asked to keep the runs, it …',
    take: async ({ tab }) => {
      await click(tab, 'Runs', 'nav');
      await click(tab, 'Keep this storage');
      const said = await tab.evaluate(async () => {
        for (let i = 0; i < 40; i++) {
          const told = document.querySelector('.alert strong')?.textContent;
          if (told) return told;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        return null;
      });
      if (said === 'The browser keeps these runs.') return 'keeps them';
      if (said === 'The browser did not promise to keep these runs.')
        return 'promises nothing; the page says so';
      expect(said).toBe(null);
      await click(tab, 'New run', '.transport');
      return 'asks the user; the page goes on meanwhile';
    },
  },
];

/** Gives them. */
function selectWords(tab: Tab): Promise<string> {
  return tab.evaluate(() => {
    const field = document.querySelector<HTMLInputElement>('.words input');
    field?.focus();
    field?.select();
    return field?.value ?? '';
  });
}

/** Whether a worker can hand shared memory to a worker of its own; runs in the page. */
function sharesMemory(): Promise<boolean> {
  const source = `
    const inner = URL.createObjectURL(new Blob(['onmessage = () => postMessage(0)']));
    try {
      const worker = new Worker(inner);
      worker.onmessage = () => postMessage(true);
      worker.postMessage(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }));
    } catch {
      postMessage(false);
    }`;
  const worker = new Worker(URL.createObjectURL(new Blob([source])));
  return new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data === true);
  });
}
