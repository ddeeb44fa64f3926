// Trains one run while workers, tab, browser and page are killed under it, and holds what it leaves equal to the undisturbed run.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toQuery, validateSettings } from '../../src/config/index.ts';
import { planOf } from '../../src/terms/stages.ts';
import { ChromiumVisitor } from './chromium.ts';
import { FirefoxVisitor } from './firefox.ts';
import { holdWorkers } from './inPage.ts';
import { digestOf, firstDifference, type Outcome } from './outcome.ts';
import { type Kill, planKills } from './plan.ts';
import { PATIENCE_MS, Round, since, withWatch } from './round.ts';
import type { Visitor, VisitorOptions } from './visitor.ts';

const BROWSERS = {
  chromium: (options: VisitorOptions): Visitor => new ChromiumVisitor(options),
  firefox: (options: VisitorOptions): Visitor => new FirefoxVisitor(options),
};
export type ChaosBrowser = keyof typeof BROWSERS;
export const BROWSER_NAMES = Object.keys(BROWSERS) as ChaosBrowser[];

export type ChaosOptions = {
  browser: ChaosBrowser;
  /** Of the first run; each further one has the next. */
  seed: number;
  kills: number;
  /** Address of the built page. */
  baseUrl: string;
  say: (line: string) => void;
};

/** Kills under one run. */
const MOST_PER_RUN = 20;

/** All stages with checkpoints in each, in as many iterations as 20 kills need. */
const SETTINGS = validateSettings({
  seed: 7,
  engine: 'wasm',
  size: 'tiny',
  image_size_px: 24,
  grid_sizes: [3],
  eval_samples: 20,
  checkpoint_every: 4,
  sft_steps: 40,
  sft_batch: 16,
  sft_learning_rate: 0.01,
  heads_steps: 20,
  heads_batch: 16,
  heads_examples: 200,
  heads_holdout: 20,
  stage1_steps: 15,
  stage2_steps: 15,
  prompts_per_step: 4,
  minibatches: 2,
  max_response_tokens: 20,
  score_mode: 'soft',
  filter_groups: true,
  replay: 'ssr',
});
const STAGES = planOf(SETTINGS);

/** @throws Error that says what was lost or hangs, and how to repeat it. */
export async function chaos({ browser, seed, kills, baseUrl, say }: ChaosOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cosmo-chaos-'));
  const address = `${baseUrl}?${toQuery(SETTINGS, 'smoke')}`;
  const startedAt = performance.now();
  const train = async (name: string, plan: readonly Kill[]): Promise<Outcome> => {
    const profileFolder = join(folder, name);
    const visitor = BROWSERS[browser]({ profileFolder, inEveryPage: holdWorkers });
    try {
      return await new Round(visitor, address, say).train(plan);
    } finally {
      await withWatch('The end of the browser', PATIENCE_MS, visitor.quit()).catch(() => visitor.kill());
      rmSync(profileFolder, { recursive: true, force: true });
    }
  };
  try {
    const expected = await train('undisturbed', []);
    const digest = digestOf(expected);
    say(`${browser}: the undisturbed run took ${since(startedAt)}: ${expected.size} parts, digest ${digest}`);
    for (let done = 0, round = 0; done < kills; round++) {
      const count = Math.min(MOST_PER_RUN, kills - done);
      const roundAt = performance.now();
      say(`seed ${seed + round}: ${count} kills`);
      try {
        const found = await train(`seed-${seed + round}`, planKills(seed + round, count, STAGES));
        const difference = firstDifference(found, expected);
        if (difference !== null) throw new Error(`The run is not the undisturbed one. First, ${difference}.`);
      } catch (error) {
        const repeat = `npx tsx tests/chaos/command.ts --browser ${browser} --seed ${seed + round} --kills ${count}`;
        throw new Error(`${(error as Error).message}\nRepeat it: ${repeat}`, { cause: error });
      }
      done += count;
      say(`seed ${seed + round}: the same digest after ${since(roundAt)}; ${done} of ${kills} kills done`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
