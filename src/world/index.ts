// The world room: a small multimodal domain with a known truth, made from a seed.

import type { Settings } from '../config/index.ts';
import type { Label } from '../terms/labels.ts';
import type { Suite } from '../terms/suites.ts';
import { demonstration, scripted } from './demonstrations.ts';
import { describeScene } from './describe.ts';
import { distinctPrompts, promptById, promptOf, suitePrompts } from './generator.ts';
import { judge } from './oracle.ts';
import { renderScene } from './render.ts';
import { visualTruth } from './truth.ts';
import type { Behaviour, Imperfection, Prompt, Scene, Split, WorldConfig } from './types.ts';

export { ATTACKS, attackGroup, HELD_OUT_ATTACKS, SEEN_ATTACKS } from './attacks.ts';
export { behavioursFor, expectedVerdict } from './demonstrations.ts';
export { composePrompt, sceneParts } from './handmade.ts';
export { splitResponse } from './oracle.ts';
export { parsePrompt, sentenceForms } from './parse.ts';
export { PLAIN_REFUSAL } from './speech.ts';
export { promptContent } from './splits.ts';

export * from './types.ts';
export * from './vocabulary.ts';

/** The domain: every method is a pure function of the configuration and its arguments. */
export type World = ReturnType<typeof createWorld>;

/** Makes the domain of a configuration. Same configuration, same world on every machine. */
export function createWorld(config: WorldConfig) {
  if (config.gridSizes.length === 0)
    throw new Error('WorldConfig.gridSizes must name at least one grid size');
  const { seed } = config;
  return {
    config,
    /** Any index gives a prompt; prompts of different splits share no (text, scene) pair, and some templates appear only in `test`. */
    prompt: (split: Split, label: Label, index: number) => promptOf(config, split, label, index),
    /**
     * `n` prompts of an evaluation suite (situational: n counts prompts, twins adjacent), from `test`, or from `validation` for
     * tuning. Held-out attacks have no validation prompts: that suite is empty there.
     */
    suite: (suite: Suite, n: number, split: 'test' | 'validation' = 'test') =>
      suitePrompts(config, suite, n, split),
    /** The same without repeats, and so fewer where the suite has not so many. */
    distinctSuite: (suite: Suite, n: number, split: 'test' | 'validation' = 'test') =>
      distinctPrompts(config, suite, n, split),
    promptById: (id: string) => promptById(config, id),
    /** Response tokens, `<think>` to `<eos>`, drawn with `(a, b)` as the position in the random stream. */
    demonstration: (prompt: Prompt, imperfection: Imperfection, draw: number) =>
      demonstration(seed, prompt, imperfection, draw),
    scripted: (prompt: Prompt, behaviour: Behaviour, draw: number) => scripted(seed, prompt, behaviour, draw),
    /** The oracle. Response tokens with or without the final `<eos>`. */
    judge,
    /** Token ids of the visual words true of the picture (colours, shapes, digits, icons, ...); empty without one. */
    visualTruth,
    /** Pixels of a batch on demand: [size, size, 3] row-major RGB in 0..1. */
    render: (scene: Scene) => renderScene(scene, config),
    /** The scene in words, for text-only backbones (empty list without a scene). */
    describe: describeScene,
  };
}

/** The world of a run. */
export function worldOf(settings: Settings): World {
  return createWorld({
    seed: settings.seed,
    imageSizePx: settings.image_size_px,
    gridSizes: settings.grid_sizes,
    noise: settings.noise,
    heldOutFrames: settings.heldout_frames,
    attackFamilies: settings.attack_families,
    attackCompose: settings.attack_compose,
  });
}
