// Which split a (text, scene) pair belongs to: a hash decides, so the splits are disjoint by construction.
//
// The generator draws until the hash of its candidate falls into the split it fills. This also holds for small closed
// spaces: a fact or a sum occurs in every split, but each of its wordings (or wordings with a picture) in one only.
// The hash knows no seed, so worlds of different seeds share the partition.

import { hashName } from '../random/philox.ts';
import { sceneContent } from './scenes.ts';
import type { Prompt, Scene, Split } from './types.ts';

const BUCKETS: readonly Split[] = [
  ...new Array<Split>(8).fill('train'),
  ...new Array<Split>(2).fill('heads'),
  'heads_holdout',
  'validation',
  ...new Array<Split>(4).fill('test'),
];

/** What a prompt asks: equal for prompts with the same text and picture; jitter and perturbation play no part. */
export function promptContent({ tokens, scene }: Pick<Prompt, 'tokens' | 'scene'>): string {
  return `${tokens.join(' ')}|${sceneContent(scene)}`;
}

/** The split of a (text, scene) pair. */
export function splitOf(tokens: readonly number[], scene: Scene | null): Split {
  let hash = hashName(promptContent({ tokens, scene }));
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return BUCKETS[((hash ^ (hash >>> 15)) >>> 0) % BUCKETS.length];
}
