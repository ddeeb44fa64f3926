// What the tests of the world share: one small world and its prompts.

import { LABELS } from '../../src/terms/labels.ts';
import { SUITES, type Suite } from '../../src/terms/suites.ts';
import { createWorld, type Imperfection, type Prompt, SPLITS } from '../../src/world/index.ts';
import { sceneContent } from '../../src/world/scenes.ts';

export const CONFIG = { seed: 11, imageSizePx: 24, gridSizes: [2, 3] as const, noise: 0.5 };
export const world = createWorld(CONFIG);

/** Demonstrations without a flaw. */
export const FLAWLESS: Imperfection = {
  harmfulCompliance: 0,
  jailbreakCompliance: 0,
  overRefusal: 0,
  reasoningError: 0,
  valueError: 0,
  instructionError: 0,
  carelessLook: 0,
  formSlip: 0,
  byKind: 0,
};

/** `n` prompts of every split and label. */
export function promptsOfAllSplits(n: number): Prompt[] {
  return SPLITS.flatMap((split) =>
    LABELS.flatMap((label) => Array.from({ length: n }, (_, i) => world.prompt(split, label, i))),
  );
}

export function promptsOfAllSuites(n: number): Prompt[] {
  return SUITES.flatMap((suite: Suite) => world.suite(suite, n));
}

/** What must not occur in two splits: text and picture, whatever the jitter. */
export function contentOf(prompt: Prompt): string {
  return `${prompt.tokens.join(' ')}|${sceneContent(prompt.scene)}`;
}
