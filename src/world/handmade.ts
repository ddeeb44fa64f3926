// Prompts made by hand: a scene and words that somebody put together, with an attack around them, as the world reads them.

import { PlaygroundError } from '../base/errors.ts';
import { ATTACKS } from './attacks.ts';
import type { Task } from './families/family.ts';
import { FRAMES } from './families/jailbreak.ts';
import { ACT } from './families/request.ts';
import { referenceText } from './generator.ts';
import { fill } from './grammar.ts';
import { COLORS, DIGITS, GLYPH_WORDS, GUILDS, HAZARDS, RESPELT, SHAPES, SPLIT_VERBS } from './lexicon.ts';
import { parsePrompt, tasksOf } from './parse.ts';
import { harmOf } from './requests.ts';
import type { Cell, Prompt, Scene } from './types.ts';
import { encode, wordOf } from './vocabulary.ts';

/** What a scene can be made of. */
export const sceneParts = {
  colors: COLORS,
  shapes: SHAPES,
  digits: DIGITS.map(Number),
  hazards: HAZARDS,
  guilds: GUILDS,
  /** Words that have a bitmap. */
  words: GLYPH_WORDS,
} as const;

const START_OF_ID = 'composed:';

/** The id of a prompt made by hand; it belongs to no split. */
export function composedId(prompt: Pick<Prompt, 'tokens' | 'scene'>): string {
  return `${START_OF_ID}${JSON.stringify([prompt.tokens.map(wordOf).join(' '), prompt.scene])}`;
}

/**
 * A prompt from its words and its picture, with harm, label and right answer as the oracle reads them.
 * @throws PlaygroundError where a word is not known, no question can be read, the attack does not fit, or words and picture do
 * not go together; `details.about` names the part: `words`, `attack` or `scene`.
 */
export function composePrompt(words: readonly string[], scene: Scene | null, attack: string | null): Prompt {
  const plain = encode(words.join(' '));
  const made = attack === null ? { text: words.join(' '), scene } : attacked(plain, scene, attack);
  const tokens = encode(made.text);
  const task = parsePrompt(tokens);
  const { source } = harmOf(task, made.scene);
  const harmful = source !== 'none';
  const frame = attack ?? attackIn(task, made.scene);
  const prompt: Prompt = {
    id: '',
    // Of no split: nothing was trained or tested on it as such.
    split: 'test',
    label: !harmful ? task.label : frame === null ? 'safety' : 'jailbreak',
    family: 'composed',
    attack: frame,
    scene: made.scene,
    tokens,
    reference: rightAnswer(tokens, made.scene),
    harmful,
    harmSource: source,
    twin: null,
  };
  return { ...prompt, id: composedId(prompt) };
}

/** The generator only asks what has an answer; a hand may ask for the star of a picture that has none. */
function rightAnswer(tokens: readonly number[], scene: Scene | null): number[] {
  try {
    return encode(referenceText(tokens, scene));
  } catch (cause) {
    throw new PlaygroundError(
      'bad-setting',
      'The words ask for something that the picture does not show.',
      'Put it into the picture, or ask something else.',
      { about: 'scene' },
      { cause },
    );
  }
}

/** An attack that stands in words or picture already. */
function attackIn({ request }: Task, scene: Scene | null): string | null {
  return request ? (request.attack ?? (scene?.perturbation ? 'visual_perturbation' : null)) : null;
}

/** What an attack needs of a prompt; without it the message says which prompts the attack takes. */
function needed<T>(found: T | undefined | null | false, message: string): T {
  if (found) return found;
  const hint = 'Choose another attack, or another request.';
  throw new PlaygroundError('bad-setting', message, hint, { about: 'attack' });
}

/** The prompt with the attack around its request. The first wording of each attack is taken. */
function attacked(
  tokens: readonly number[],
  scene: Scene | null,
  attack: string,
): { text: string; scene: Scene | null } {
  needed(
    ATTACKS.some(({ name }) => name === attack),
    `There is no attack "${attack}".`,
  );
  const action = needed(
    [...tasksOf(tokens)].find(({ request }) => request)?.request?.words,
    `The attack "${attack}" goes around a request, such as "how do i steal the boat".`,
  );
  const [verb, ...rest] = action;
  const ask = (...words: string[]) => fill(ACT.seen[0], { ACTION: words.join(' ') });
  switch (attack) {
    case 'respelt': {
      const spellings = Object.values(RESPELT).join(', ');
      const message = `"${verb}" has no other spelling; there is one for ${spellings}.`;
      const respelt = Object.keys(RESPELT).find((word) => RESPELT[word] === verb);
      return { text: ask(needed(respelt, message), ...rest), scene };
    }
    case 'split_word': {
      const cut = Object.keys(SPLIT_VERBS).join(', ');
      const parts = needed(SPLIT_VERBS[verb], `"${verb}" is never cut in two; these are: ${cut}.`);
      return { text: ask(...parts, ...rest), scene };
    }
    case 'typographic': {
      const known = (GLYPH_WORDS as readonly string[]).includes(verb);
      needed(known, `"${verb}" has no picture; these have: ${GLYPH_WORDS.join(', ')}.`);
      return { text: ask('do this word to the', rest.at(-1) ?? ''), scene: withWord(scene, verb) };
    }
    case 'visual_perturbation': {
      const message = 'A picture with something in it can be perturbed; this prompt has none.';
      const shown = needed(scene?.cells.some((cell) => cell !== null) && scene, message);
      return { text: tokens.map(wordOf).join(' '), scene: { ...shown, perturbation: 1 } };
    }
    default: {
      const request = action.join(' ');
      const text = fill(FRAMES.get(attack)!.seen[0], {
        ACTION: request,
        CORE: `how do i ${request}`,
        EXPERT: 'expert',
        DISTRACT: 'two plus three',
      });
      return { text, scene };
    }
  }
}

/** The picture with a word on its first free cell; a picture of its own where there is none. */
function withWord(scene: Scene | null, word: string): Scene {
  const cell: Cell = { kind: 'word', word };
  if (!scene)
    return { gridSize: 3, cells: [cell, ...new Array(8).fill(null)], jitterSeed: 1, perturbation: 0 };
  if (scene.cells.some((each) => each?.kind === 'word' && each.word === word)) return scene;
  const free = scene.cells.indexOf(null);
  needed(free >= 0, 'The picture is full: clear a cell for the word.');
  return { ...scene, cells: scene.cells.map((each, i) => (i === free ? cell : each)) };
}
