// The walk: what a user does, step by step, and what each browser shows.

import { openPage } from './hands.ts';
import type { DrivenBrowser, Tab } from './tab.ts';

export type Walk = { url: string; browser: DrivenBrowser; tab: Tab };

/** `take` gives what was seen, in a word or two. */
export type Step = { name: string; take: (walk: Walk) => Promise<string> };

const WALK = '?v=2&preset=smoke&engine=wasm';

export const STEPS: readonly Step[] = [
  {
    name: 'opens',
    take: async ({ tab, url }) => {
      await openPage(tab, url + WALK);
      return 'yes';
    },
  },
];
