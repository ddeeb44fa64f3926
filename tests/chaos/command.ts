// Kills by hand, in any number: npx tsx tests/chaos/command.ts --kills 200 --browser firefox --seed 7

import { command } from '../../src/cli/command.ts';
import { choiceFlag, countFlag } from '../../src/cli/flag.ts';
import { ensurePage } from '../../src/tooling/build.ts';
import { servePage } from '../../src/tooling/serve.ts';
import { BROWSER_NAMES, chaos } from './chaos.ts';

const main = command({
  line: 'npx tsx tests/chaos/command.ts',
  about:
    'Trains a small run while workers, tab, browser and page are killed, and compares it with the undisturbed run.',
  flags: {
    kills: countFlag('How many, 20 under one run.', 20, 100_000),
    seed: countFlag('Of the moments and kinds.', 1, 999_999_999),
    browser: choiceFlag(BROWSER_NAMES, 'Which is killed.', 'chromium'),
  },
  run: async ({ kills, seed, browser }) => {
    await ensurePage();
    const server = await servePage();
    try {
      await chaos({ browser, seed, kills, baseUrl: server.url, say: console.log });
      return 0;
    } catch (error) {
      console.error((error as Error).message);
      return 1;
    } finally {
      await server.close();
    }
  },
});

process.exit(await main(process.argv.slice(2)));
