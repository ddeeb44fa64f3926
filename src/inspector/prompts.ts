// Prompts between the page and the world: drawn, composed, shown, and known again.

import { PlaygroundError } from '../base/errors.ts';
import type { Settings } from '../config/index.ts';
import type {
  ComposeRequest,
  DrawRequest,
  InspectorCatalogue,
  PictureView,
  PromptView,
} from '../protocol/inspector.ts';
import { LABELS } from '../terms/labels.ts';
import { SUITES } from '../terms/suites.ts';
import { pictureOf, promptFacts } from '../training/groupView.ts';
import {
  ATTACKS,
  composePrompt,
  type Prompt,
  type Scene,
  SPECIAL_TOKENS,
  sceneParts,
  sentenceForms,
  VOCABULARY,
  type World,
  wordOf,
  worldOf,
} from '../world/index.ts';

export function catalogueOf(settings: Settings): InspectorCatalogue {
  const words = VOCABULARY.filter((_, token) => !SPECIAL_TOKENS.has(token));
  return {
    gridSizes: settings.grid_sizes,
    ...sceneParts,
    glyphs: sceneParts.words,
    words: [...words].sort(),
    attacks: ATTACKS.map(({ name, heldOut, help }) => ({ name, heldOut, about: help })),
    forms: sentenceForms(),
  };
}

/** @throws PlaygroundError `not-found` for a suite or label that does not exist */
export function drawPrompt({ settings, from, index }: DrawRequest): { world: World; prompt: Prompt } {
  const world = worldOf(settings);
  if ('id' in from) {
    return { world, prompt: world.promptById(from.id) };
  }
  if ('suite' in from) {
    const suite = SUITES.find((name) => name === from.suite);
    if (suite) return { world, prompt: world.promptById(`suite:${suite}:${index}`) };
  } else {
    const label = LABELS.find((name) => name === from.label);
    if (label) return { world, prompt: world.prompt('validation', label, index) };
  }
  throw new PlaygroundError(
    'not-found',
    `There are no prompts of ${'suite' in from ? `the suite ${from.suite}` : `the label ${from.label}`}.`,
    'Choose another kind.',
  );
}

/** @throws PlaygroundError `bad-setting` */
export function composed({ words, scene, attack }: Omit<ComposeRequest, 'settings'>): Prompt {
  return composePrompt(words, sceneOf(scene), attack);
}

/** The world's prompt of what the page was shown: by its id, or read anew. @throws PlaygroundError */
export function promptOfView(world: World, view: PromptView): Prompt {
  if (view.id.startsWith('composed:'))
    return composed({ words: view.words, scene: view.scene, attack: null });
  return world.promptById(view.id);
}

export function viewOfPrompt(world: World, prompt: Prompt): PromptView {
  const { id, tokens, twin, scene } = prompt;
  return { id, words: tokens.map(wordOf), twin, scene, ...promptFacts(world, prompt) };
}

/** @throws PlaygroundError `bad-setting` for a scene that the world cannot draw */
export function pictureOfScene(world: World, scene: Scene): PictureView | null {
  const checked = sceneOf(scene);
  return checked && pictureOf(world, checked);
}

/** A scene from outside, held to what the world can draw. @throws PlaygroundError `bad-setting` */
function sceneOf(scene: Scene | null): Scene | null {
  if (scene === null) return null;
  const { colors, shapes, digits, hazards, guilds, words } = sceneParts;
  const has = (list: readonly (string | number)[], value: string | number) => list.includes(value);
  const fits = scene.cells.every((cell) => {
    if (cell === null) return true;
    switch (cell.kind) {
      case 'shape':
        return has(shapes, cell.shape) && has(colors, cell.color);
      case 'digit':
        return has(digits, cell.digit) && has(colors, cell.color);
      case 'hazard':
        return has(hazards, cell.hazard);
      case 'guild':
        return has(guilds, cell.guild);
      case 'word':
        return has(words, cell.word);
      default:
        return false;
    }
  });
  const sizes = [2, 3, 4].includes(scene.gridSize) && scene.cells.length === scene.gridSize ** 2;
  if (fits && sizes && Number.isFinite(scene.jitterSeed) && scene.perturbation >= 0) return scene;
  throw new PlaygroundError(
    'bad-setting',
    'The picture holds something that the world cannot draw.',
    'Compose it from the parts that are offered.',
    { about: 'scene' },
  );
}
