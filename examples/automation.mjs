// Trains a short run in a headless browser through `window.cosmo` and prints what it reached.
//
// npm start -- --port 4300 (in another terminal), then: node examples/automation.mjs http://127.0.0.1:4300/

import { chromium } from 'playwright-core';

const [address = 'http://127.0.0.1:4300/'] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium' });
try {
  const page = await browser.newPage();
  // The address holds the settings: a preset, and what differs from it.
  await page.goto(`${address}?v=1&preset=smoke&seed=3`);
  await page.waitForFunction(() => window.cosmo !== undefined);
  const rows = await page.evaluate(async () => {
    await window.cosmo.ready();
    const seen = [];
    const ended = new Promise((resolve) => {
      window.cosmo.subscribe((events) => {
        for (const event of events) {
          if (event.kind === 'metrics') seen.push(...event.rows);
          if (event.kind === 'status' && ['done', 'failed', 'stopped'].includes(event.phase)) resolve(event);
        }
      });
    });
    await window.cosmo.start({ preset: 'smoke', settings: window.cosmo.settings(), name: 'from a script' });
    const { phase, message } = await ended;
    return {
      phase,
      message,
      rewards: seen.map((row) => row.values.reward).filter((value) => value !== undefined),
    };
  });
  console.log(`${rows.phase}: ${rows.message}`);
  console.log('reward by iteration:', rows.rewards.map((reward) => reward.toFixed(2)).join(' '));
} finally {
  await browser.close();
}
