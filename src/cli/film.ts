// `npm run film`: the one press of the opening as an animated picture, as a speaker shows it on a projector.

import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { animatedWebp, type Frame } from '../tooling/animatedWebp.ts';
import { ensurePage } from '../tooling/build.ts';
import { launchChromium } from '../tooling/chromium.ts';
import { servePage } from '../tooling/serve.ts';
import { writeWhole } from '../tooling/wholeFile.ts';
import { command } from './command.ts';
import { countFlag, pathFlag } from './flag.ts';

/** Away from the ports of `npm start` and of the tests. */
const PORT = 4374;
const SCREEN = { width: 1920, height: 1080 } as const;
/** Of the picture against the screen. */
const SCALE = 0.5;
/** How long a picture stands; the first and the last one are read. */
const STANDS_MS = { first: 3000, next: 400, last: 5000 } as const;
/** A machine under load trains slowly. */
const LONGEST_MS = 600_000;

export const main = command({
  line: 'npm run film',
  about: `Opens the page as a projector shows it (${SCREEN.width} x ${SCREEN.height}, ?stage=1), presses “Make it safe”, and takes pictures until the tests
after it are done. They become one animated WebP.`,
  flags: {
    out: pathFlag('FILE', 'The animated picture.', 'docs/stage.webp'),
    pictures: pathFlag('DIR', 'Writes every picture as a PNG of full size there too.'),
    every: countFlag('Seconds between two pictures.', 2),
    quality: countFlag('Quality of the pictures in percent.', 60, 100),
  },
  run: async ({ out, pictures, every, quality }) => {
    await ensurePage();
    const server = await servePage({ port: PORT });
    const browser = await launchChromium({ adapter: 'none', ownsSignals: true });
    try {
      const page = await browser.newPage({ viewport: SCREEN });
      await page.goto(`${server.url}?stage=1`);
      await page.locator('.opening .pinned .chip').nth(3).waitFor();
      const take = camera(page, quality, pictures);
      const frames = [await take(STANDS_MS.first)];
      const pressedAt = performance.now();
      await page.getByRole('button', { name: 'Make it safe' }).click();
      const end = page.getByRole('heading', { name: 'Before and after training' });
      const ended = end.waitFor({ timeout: LONGEST_MS });
      let running = true;
      void ended.finally(() => (running = false)).catch(() => undefined);
      while (running) {
        await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, every * 1000))]);
        frames.push(await take(STANDS_MS.next));
      }
      await ended;
      const seconds = Math.round((performance.now() - pressedAt) / 1000);
      frames.push(await take(STANDS_MS.last));
      const picture = animatedWebp(frames, SCREEN.width * SCALE, SCREEN.height * SCALE);
      writeWhole(out, picture);
      console.log(
        `Wrote ${out}: ${frames.length} pictures of ${seconds} s, ${Math.round(picture.length / 1000)} kB.`,
      );
    } finally {
      await browser.close();
      await server.close();
    }
  },
});

function camera(page: Page, quality: number, folder: string | null): (durationMs: number) => Promise<Frame> {
  let taken = 0;
  return async (durationMs) => {
    const session = await page.context().newCDPSession(page);
    const { data } = await session.send('Page.captureScreenshot', {
      format: 'webp',
      quality,
      clip: { x: 0, y: 0, ...SCREEN, scale: SCALE },
    });
    await session.detach();
    if (folder !== null)
      await page.screenshot({ path: join(folder, `${String(taken++).padStart(3, '0')}.png`) });
    return { webp: new Uint8Array(Buffer.from(data, 'base64')), durationMs };
  };
}
