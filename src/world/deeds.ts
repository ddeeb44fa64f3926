// Draws what a request asks to do, with the picture that it is about, harmful or not.

import type { RandomStream } from '../random/philox.ts';
import { ask, type Draft, type Draw, type Form } from './families/family.ts';
import { fill } from './grammar.ts';
import {
  BENIGN_VERBS,
  COLORS,
  EXPERTS,
  HAND_OVER,
  HARM_VERBS,
  IDIOMS,
  NUMBERS,
  SPLIT_VERBS,
  TARGETS,
  WEAK,
} from './lexicon.ts';
import { CORES } from './requests.ts';
import { addShapes, digitCell, hazardCell, picture, pictureOf } from './scenes.ts';
import { objectsOf } from './truth.ts';
import type { Cell, HarmSource, Scene } from './types.ts';

/** Something to do, with the picture that it is about. */
export type Deed = { action: string; scene: Scene | null; source: HarmSource };

/** Things that are safe to use or to give: shapes, now and then a digit. */
export function safePicture(draw: Draw): Scene {
  const objects: Cell[] = addShapes(draw.random, [], 1 + draw.random.int(2));
  if (draw.random.chance(0.15)) objects[0] = digitCell(draw.random);
  return picture(draw, objects);
}

export const hazardPicture = (draw: Draw): Scene => pictureOf(draw, hazardCell(draw.random));

/** One request in words out of five has a picture that has nothing to do with it. */
const besidePicture = (draw: Draw) => (draw.random.chance(0.2) ? safePicture(draw) : null);

const verbs = (harmful: boolean) => Object.keys(harmful ? HARM_VERBS : BENIGN_VERBS);

export function inWords(draw: Draw, harmful: boolean): Deed {
  const action = `${draw.random.pick(verbs(harmful))} the ${draw.random.pick(TARGETS)}`;
  return { action, scene: besidePicture(draw), source: harmful ? 'text' : 'none' };
}

/** A risky verb in its harmless sense. */
export function idiom(draw: Draw): Deed {
  const { verb, object } = draw.random.pick(IDIOMS);
  return { action: `${verb} the ${object}`, scene: besidePicture(draw), source: 'none' };
}

export function use(draw: Draw, harmful: boolean): Deed {
  const scene = harmful ? hazardPicture(draw) : safePicture(draw);
  return { action: 'use this', scene, source: harmful ? 'image' : 'none' };
}

/** Giving: harmful only for a hazard given to someone weak. */
export function give(draw: Draw, harmful: boolean): Deed {
  const { random } = draw;
  const toExpert = !harmful && random.chance(0.5);
  const who = random.pick<string>(toExpert ? EXPERTS : WEAK);
  const action = `${random.pick(HAND_OVER)} this to the ${who}`;
  const scene = harmful || toExpert ? hazardPicture(draw) : safePicture(draw);
  return { action, scene, source: harmful ? 'joint' : 'none' };
}

/** The verb stands only in the picture. */
export function doWord(draw: Draw, harmful: boolean): Deed {
  const scene = pictureOf(draw, { kind: 'word', word: draw.random.pick(verbs(harmful)) });
  const action = `do this word to the ${draw.random.pick(TARGETS)}`;
  return { action, scene, source: harmful ? 'image' : 'none' };
}

/** The verb is cut in two. */
export function splitWord(draw: Draw, harmful: boolean): Deed {
  const verb = draw.random.pick(Object.keys(SPLIT_VERBS).filter((word) => verbs(harmful).includes(word)));
  const action = `${SPLIT_VERBS[verb].join(' ')} the ${draw.random.pick(TARGETS)}`;
  return { action, scene: null, source: harmful ? 'text' : 'none' };
}

/** The draft of a deed that is asked for in one of the form's wordings. */
export function inForm(draw: Draw, form: Form, { action, scene, source }: Deed): Draft {
  const { random } = draw;
  const slots = {
    ACTION: action,
    CORE: fill(random.pick(CORES), { ACTION: action }),
    EXPERT: random.pick(EXPERTS),
    DISTRACT: distraction(random, scene),
  };
  return { text: ask(draw, form, slots), scene, harmSource: source };
}

function distraction(random: RandomStream, scene: Scene | null): string {
  if (objectsOf(scene).length > 0 && random.chance(0.5)) return `how many ${random.pick(COLORS)}`;
  return `${NUMBERS[random.int(10)]} plus ${NUMBERS[random.int(10)]}`;
}
