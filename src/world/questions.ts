// Families with an answer to check: knowledge_rule (visual and arithmetic), knowledge (facts), general (two questions).

import type { RandomStream } from '../random/philox.ts';
import {
  addShapes,
  capacity,
  type Draft,
  type Draw,
  draft,
  type Family,
  picture,
  template,
} from './drafts.ts';
import { fill } from './grammar.ts';
import { COLORS, GUILDS, HAZARDS, NUMBERS, RELATIONS, SHAPES, SPLIT_VERBS } from './lexicon.ts';
import { digitCell, hazardCell, shapeCell } from './scenes.ts';
import { countWord, isOf, objectsOf, positionWords, wordsOf } from './truth.ts';
import type { Cell, Scene } from './types.ts';

type Category = { color: string | null; shape: string | null };

function drawCategory(random: RandomStream): Category {
  const both = random.chance(0.2);
  const byColor = random.chance(0.5);
  return {
    color: both || byColor ? random.pick(COLORS) : null,
    shape: both || !byColor ? random.pick(SHAPES) : null,
  };
}

const categoryText = ({ color, shape }: Category): string => [color, shape].filter(Boolean).join(' ');

const count: Family = (draw) => {
  const { random, large } = draw;
  const category = drawCategory(random);
  const n = large ? 6 + random.int(2) : 1 + random.int(capacity(draw));
  const matches = Math.min(n, random.weighted([1, 3, 3, 2, 1]));
  const objects: Cell[] = [];
  for (let i = 0; i < matches; i++) {
    const digit = category.shape === null && random.chance(0.2);
    const color = category.color ?? random.pick(COLORS);
    objects.push(
      digit ? digitCell(random, undefined, color) : shapeCell(random, color, category.shape ?? undefined),
    );
  }
  addShapes(random, objects, n - matches, (cell) => !isOf(cell, category.color, category.shape));
  return draft(
    'count',
    fill(template(draw, 'count'), { CAT: categoryText(category) }),
    picture(draw, objects),
  );
};

const attribute: Family = (draw) => {
  const { random } = draw;
  const target = shapeCell(random) as Extract<Cell, { kind: 'shape' }>;
  const byShape = random.chance(0.55);
  const others = draw.large ? 5 + random.int(2) : random.int(Math.min(4, capacity(draw)));
  const objects = addShapes(random, [target], others, (cell) =>
    byShape ? cell.shape !== target.shape : cell.color !== target.color,
  );
  const text = byShape
    ? fill(template(draw, 'color_of'), { SHAPE: target.shape })
    : fill(template(draw, 'shape_of'), { COLOR: target.color });
  return draft('attribute', text, picture(draw, objects));
};

const position: Family = (draw) => {
  const { random } = draw;
  const n = draw.large ? 6 + random.int(2) : 1 + random.int(Math.min(4, capacity(draw)));
  const objects = addShapes(random, [], n, () => true);
  if (random.chance(0.3)) objects[0] = digitCell(random);
  if (random.chance(0.15)) objects[objects.length - 1] = hazardCell(random);
  if (random.chance(0.15)) objects[objects.length - 1] = { kind: 'guild', guild: random.pick(GUILDS) };
  for (;;) {
    const scene = picture(draw, objects);
    const named = scene.cells.flatMap((cell, i) => (cell ? [positionWords(scene.gridSize, i)] : []));
    const places = named.filter((place) => place !== null);
    if (places.length === 0) continue;
    const [ROW, COLUMN] = random.pick(places);
    return draft('position', fill(template(draw, 'at'), { ROW, COLUMN }), scene);
  }
};

const comparison: Family = (draw) => {
  const { random } = draw;
  const byColor = random.chance(0.5);
  const [left, right] = random.shuffled<string>(byColor ? COLORS : SHAPES);
  const crowded = capacity(draw) >= 5;
  const [more, less] = random.pick(
    crowded
      ? [
          [2, 1],
          [3, 1],
          [3, 2],
        ]
      : [[2, 1]],
  );
  const [nLeft, nRight] = random.chance(0.5) ? [more, less] : [less, more];
  const has = (cell: Cell, word: string) => (byColor ? isOf(cell, word, null) : isOf(cell, null, word));
  const objects = addShapes(random, [], nLeft, (cell) => has(cell, left));
  addShapes(random, objects, nRight, (cell) => has(cell, right));
  const spare = Math.min(capacity(draw) - objects.length, draw.large ? 4 : 1);
  addShapes(
    random,
    objects,
    draw.large ? spare : random.int(spare + 1),
    (c) => !has(c, left) && !has(c, right),
  );
  const scene = picture(draw, objects);
  // `less RIGHT than LEFT` is the same question, so the slots keep their meaning in every template.
  const text = fill(template(draw, 'more'), { KIND1: left, KIND2: right });
  if (countWord(scene, left) === countWord(scene, right)) return comparison(draw);
  return draft('comparison', text, scene);
};

const digitSum: Family = (draw) => {
  const { random } = draw;
  const objects: Cell[] = [digitCell(random), digitCell(random)];
  if (draw.large || random.chance(0.25)) objects.push(digitCell(random, random.int(3)));
  addShapes(random, objects, draw.large ? 3 : random.int(2), () => true);
  return draft('digit_sum', template(draw, 'digit_sum'), picture(draw, objects));
};

/** Operands 0 to 9; differences are never negative. */
function sumText(random: RandomStream, text: string, minus: boolean): string {
  const a = random.int(10);
  const b = random.int(10);
  const [left, right] = minus ? [Math.max(a, b), Math.min(a, b)] : [a, b];
  return fill(text, { NUMBER1: NUMBERS[left], NUMBER2: NUMBERS[right] });
}

const arithmetic: Family = (draw) => {
  const text = template(draw, 'arithmetic');
  return draft('arithmetic', sumText(draw.random, text, text.includes('minus')), null);
};

export const RULE_FAMILIES = { count, attribute, position, comparison, digit_sum: digitSum, arithmetic };
export const RULE_WEIGHTS = [0.25, 0.2, 0.2, 0.12, 0.1, 0.13];

/** A picture of one telling object beside at most two shapes. */
function pictureOf(draw: Draw, cell: Cell): Scene {
  return picture(
    draw,
    addShapes(draw.random, [cell], draw.random.int(3), () => true),
  );
}

const guildFact: Family = (draw) => {
  const { random } = draw;
  const relation = random.pick(RELATIONS);
  const guild = random.pick(GUILDS);
  const shown = random.chance(0.4);
  const text = fill(template(draw, 'fact'), { REL: relation, SUBJECT: shown ? 'this guild' : guild });
  return draft(`guild_${relation}`, text, shown ? pictureOf(draw, { kind: 'guild', guild }) : null);
};

const hazardFact =
  (form: 'danger' | 'safer', family: string): Family =>
  (draw) => {
    const hazard = draw.random.pick(HAZARDS);
    const shown = draw.random.chance(0.5);
    const text = fill(template(draw, form), { HAZ: shown ? 'this icon' : hazard });
    return draft(family, text, shown ? pictureOf(draw, { kind: 'hazard', hazard }) : null);
  };

const join: Family = (draw) => {
  const [HEAD, TAIL] = draw.random.pick(Object.values(SPLIT_VERBS));
  return draft('join_word', fill(template(draw, 'join'), { HEAD, TAIL }), null);
};

export const KNOWLEDGE_FAMILIES = {
  guild: guildFact,
  icon_meaning: hazardFact('danger', 'icon_meaning'),
  icon_safer: hazardFact('safer', 'icon_safer'),
  join_word: join,
};
export const KNOWLEDGE_WEIGHTS = [0.6, 0.15, 0.1, 0.15];

/** A short question for one half of a pair; visual ones ask about the scene. */
function shortQuestion(random: RandomStream, scene: Scene | null): string {
  const shapes = objectsOf(scene).filter((cell) => cell.kind === 'shape');
  if (scene && random.chance(0.6)) {
    const shape = random.pick(shapes);
    const unique = shapes.filter((other) => other.shape === shape.shape).length === 1;
    if (unique && random.chance(0.6)) return `color of ${shape.shape}`;
    const digits = objectsOf(scene).filter((cell) => cell.kind === 'digit').length;
    if (digits >= 2) return 'sum of digits';
    return `how many ${random.pick(wordsOf(shape))}`;
  }
  if (random.chance(0.5)) {
    const minus = random.chance(0.5);
    return sumText(random, `NUMBER1 ${minus ? 'minus' : 'plus'} NUMBER2`, minus);
  }
  return `${random.pick(RELATIONS)} of ${random.pick(GUILDS)}`;
}

const twoQuestions: Family = (draw) => {
  const { random } = draw;
  let scene: Scene | null = null;
  if (random.chance(0.6)) {
    const objects = addShapes(random, [], 1 + random.int(2), () => true);
    if (random.chance(0.3)) objects.push(digitCell(random), digitCell(random));
    else addShapes(random, objects, 1, () => true);
    scene = picture(draw, objects);
  }
  const Q1 = shortQuestion(random, scene);
  let Q2 = shortQuestion(random, scene);
  while (Q2 === Q1) Q2 = shortQuestion(random, scene);
  return draft(scene ? 'two_visual' : 'two_text', fill(template(draw, 'general'), { Q1, Q2 }), scene);
};

export const GENERAL_FAMILIES = { two: twoQuestions };

/** A benign draft of a question about the hazard of a picture, or of a shape beside it. */
export function innocentQuestion(draw: Draw): Draft {
  const { random } = draw;
  const hazard = hazardCell(random);
  const kind = random.weighted([0.5, 0.25, 0.25]);
  if (kind === 0) {
    const scene = picture(
      draw,
      addShapes(random, [hazard], random.int(3), () => true),
    );
    return draft('lookalike_image', template(draw, 'icon'), scene);
  }
  const base = (kind === 1 ? attribute : count)({ ...draw, gridSizes: [3], most: 3 });
  const free = base.scene!.cells.flatMap((cell, i) => (cell ? [] : [i]));
  const cells = base.scene!.cells.slice();
  cells[random.pick(free)] = hazard;
  return { ...base, family: 'lookalike_image', scene: { ...base.scene!, cells } };
}
