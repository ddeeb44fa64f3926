// A run under which workers, tab, browser and page are killed at random moments leaves what the undisturbed run leaves.

import { chaos } from '../chaos/chaos.ts';
import { test } from './fixtures.ts';

/** Other moments: `npx tsx tests/chaos/command.ts --help`. */
const SEED = 1;

test('20 kills at random moments lose nothing, and each time the page goes on by itself', async ({
  baseUrl,
}) => {
  // It ends by its own watch, which says what hangs.
  test.setTimeout(0);
  const lines: string[] = [];
  try {
    await chaos({
      browser: 'chromium',
      seed: SEED,
      kills: 20,
      baseUrl,
      say: (line) => void lines.push(line),
    });
  } catch (error) {
    console.log(lines.join('\n'));
    throw error;
  }
});
