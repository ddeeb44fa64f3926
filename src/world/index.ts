// The world room: a small multimodal domain with a known truth, made from a seed.

import type { Settings } from '../config/index.ts';
import { demonstration, scripted } from './demonstrations.ts';
import { describeScene } from './describe.ts';
import { promptById, promptOf, suitePrompts } from './generator.ts';
import { judge } from './oracle.ts';
import { renderScene } from './render.ts';
import { visualTruth } from './truth.ts';
import type { World, WorldConfig } from './types.ts';

export { ATTACKS, HELD_OUT_ATTACKS, SEEN_ATTACKS } from './attacks.ts';
export { behavioursFor, expectedVerdict } from './demonstrations.ts';
export { composePrompt, sceneParts } from './handmade.ts';
export { splitResponse } from './oracle.ts';
export { parsePrompt } from './parse.ts';

export * from './types.ts';
export * from './vocabulary.ts';

/** Makes the domain of a configuration. Same configuration, same world on every machine. */
export function createWorld(config: WorldConfig): World {
  if (config.gridSizes.length === 0)
    throw new Error('WorldConfig.gridSizes must name at least one grid size');
  return {
    config,
    prompt: (split, label, index) => promptOf(config, split, label, index),
    suite: (suite, n, split = 'test') => suitePrompts(config, suite, n, split),
    promptById: (id) => promptById(config, id),
    demonstration: (prompt, imperfection, draw) => demonstration(config.seed, prompt, imperfection, draw),
    scripted: (prompt, behaviour, draw) => scripted(config.seed, prompt, behaviour, draw),
    judge,
    visualTruth,
    render: (scene) => renderScene(scene, config),
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
  });
}
