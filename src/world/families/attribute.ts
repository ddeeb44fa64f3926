// Family `attribute`: the colour of the one object of a shape, or the shape of the one object of a colour.

import { first } from '../grammar.ts';
import { question } from '../questions.ts';
import { addShapes, capacity, picture, shapeCell } from '../scenes.ts';
import { objectsOf } from '../truth.ts';
import { ask, form, type Question, RULE, type TaskFamily } from './family.ts';

export const colorOf = (shape: string): Question => ({
  type: 'COLOR',
  answers: (scene) =>
    objectsOf(scene).flatMap((cell) => (cell.kind === 'shape' && cell.shape === shape ? [cell.color] : [])),
  steps: (said) => [shape, 'is', said],
});

const shapeOf = (color: string): Question => ({
  type: 'SHAPE',
  answers: (scene) =>
    objectsOf(scene).flatMap((cell) => (cell.kind === 'shape' && cell.color === color ? [cell.shape] : [])),
  steps: (said) => [color, 'is', said],
});

const COLOR_OF = form(
  [
    'what color is (the|this) SHAPE',
    '(tell me|what is|name|say) the color of the SHAPE',
    'color of the SHAPE please',
    'the SHAPE is what color',
  ],
  ['please name the color of the SHAPE', 'can you see what color the SHAPE is'],
  ({ slots }) => question('knowledge_rule', colorOf(first(slots.SHAPE))),
);
const SHAPE_OF = form(
  ['what shape is COLOR', '(tell me|what is|name|say) the shape in COLOR', 'what is the COLOR shape'],
  ['please name the COLOR shape', 'can you see what shape is COLOR'],
  ({ slots }) => question('knowledge_rule', shapeOf(first(slots.COLOR))),
);

export const attribute: TaskFamily = {
  ...RULE,
  name: 'attribute',
  weight: 0.2,
  forms: { color_of: COLOR_OF, shape_of: SHAPE_OF },
  draw(draw) {
    const { random } = draw;
    const target = shapeCell(random);
    const byShape = random.chance(0.55);
    const others = draw.large ? 5 + random.int(2) : random.int(Math.min(4, capacity(draw)));
    const objects = addShapes(random, [target], others, (cell) =>
      byShape ? cell.shape !== target.shape : cell.color !== target.color,
    );
    const text = byShape
      ? ask(draw, COLOR_OF, { SHAPE: target.shape })
      : ask(draw, SHAPE_OF, { COLOR: target.color });
    return { text, scene: picture(draw, objects) };
  },
};
