// The walk through the page: what its steps share, and the runs that they train.

import type { PageServer } from '../../src/tooling/serve.ts';
import { VIEWS } from '../../src/ui/commands/viewNames.ts';
import { click, text } from './hands.ts';
import type { DrivenBrowser, Tab } from './tab.ts';

export type Walk = {
  server: PageServer;
  browser: DrivenBrowser;
  /** The one that the next step goes on in. */
  tab: Tab;
  /** Folder of the browser's downloads. */
  downloads: string;
  /** Of the run of `RUN` as the command line trains it. */
  digest: string;
};

/** `take` gives what is written into the table: the same at each time and on each machine. */
export type Step = { name: string; take: (walk: Walk) => Promise<string> };

export const YES = 'yes';

/** A whole run in seconds, whose first stage has 30 iterations. */
export const RUN = {
  preset: 'smoke',
  seed: '7',
  engine: 'wasm',
  sft_steps: '30',
  heads_steps: '10',
  heads_examples: '100',
  heads_holdout: '20',
  stage1_steps: '3',
  stage2_steps: '3',
  eval_samples: '10',
  checkpoint_every: '4',
  // The bits of these kernels are the same in every browser.
  wasm_simd: 'plain',
} as const;
export const WHOLE_RUN = `?v=2&${new URLSearchParams(RUN)}`;
/** No step sees its end. */
export const LONG_RUN = '?v=2&preset=smoke&engine=wasm&sft_steps=20000&checkpoint_every=4';

/** What a view shows once it has come, where a whole run is on view; of one that is new, that anything has. */
const SHOWN_BY: { readonly [view: string]: RegExp } = {
  train: /Curves/,
  samples: /Which response is best/,
  probe: /The question/,
  evaluation: /twin accuracy/,
  runs: /smoke, seed 7/,
  lessons: /What the model sees, thinks and says/,
  device: /Why this one/,
};

/** Goes through the views by the navigation. */
export async function eachView(
  tab: Tab,
  look: (title: string) => Promise<void> = async () => {},
): Promise<void> {
  for (const { name, title } of VIEWS) {
    await click(tab, title, 'nav');
    await text(tab, SHOWN_BY[name] ?? /./, 'main');
    await look(title);
  }
}
