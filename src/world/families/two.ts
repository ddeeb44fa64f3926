// Family `two`: two short questions in one prompt, about the picture or in words alone.

import type { RandomStream } from '../../random/philox.ts';
import { first, type Phrase } from '../grammar.ts';
import { GUILDS, RELATIONS } from '../lexicon.ts';
import { contentFor } from '../questions.ts';
import { SPOKEN } from '../replies.ts';
import { addShapes, digitCell, picture } from '../scenes.ts';
import { say } from '../speech.ts';
import { objectsOf, wordsOf } from '../truth.ts';
import type { Cell, Scene } from '../types.ts';
import { arithmeticOf, sumText } from './arithmetic.ts';
import { colorOf } from './attribute.ts';
import { countOf } from './count.ts';
import { DIGIT_SUM } from './digitSum.ts';
import { ask, fails, form, type Question, type Task, type TaskFamily } from './family.ts';
import { factOf } from './guild.ts';

/** The question of a short phrase (`Q`, or `DISTRACT` in the attack of that name). */
export function shortQuestion(phrase: Phrase): Question {
  const { NUMBER1, CAT, SHAPE, GUILD, REL } = phrase.slots;
  if (NUMBER1) return arithmeticOf(phrase);
  if (CAT) return countOf(CAT);
  if (SHAPE) return colorOf(first(SHAPE));
  if (GUILD) return factOf(first(REL), first(GUILD));
  return DIGIT_SUM;
}

const pair = (one: Question, two: Question): Task => ({
  label: 'general',
  topic: ['answer'],
  questions: [one, two],
  score: 'correct',
  thought: (scene) => [
    'both',
    ...[one, two].flatMap((half) => half.shortSteps ?? (half.answers(scene)[0] ?? 'none').split(' ')),
  ],
  answer: (random, scene, quality) => {
    const firstRight = quality === 'right' || (quality === 'partly' && random.chance(0.5));
    const secondRight = quality === 'right' || (quality === 'partly' && !firstRight);
    return say(random, SPOKEN.pair, {
      CONTENT1: contentFor(random, one, scene, firstRight),
      CONTENT2: contentFor(random, two, scene, secondRight),
    });
  },
});

const PAIR = form(
  [
    '(|tell me|please tell me|answer both|please answer|both|say) Q1 and Q2',
    '(|tell me|answer) first Q1 then Q2',
    '(|answer) Q1 ; Q2',
    'Q1 then Q2',
  ],
  ['can you tell me Q1 and Q2', 'please first Q1 then Q2', 'please say both Q1 and Q2'],
  ({ slots }) => pair(shortQuestion(slots.Q1), shortQuestion(slots.Q2)),
);

/** Visual ones ask about the scene. */
function drawQuestion(random: RandomStream, scene: Scene | null): string {
  const shapes = objectsOf(scene).filter((cell) => cell.kind === 'shape');
  if (scene && random.chance(0.6)) {
    const shape = random.pick(shapes);
    const unique = shapes.filter((other) => other.shape === shape.shape).length === 1;
    if (unique && random.chance(0.6)) return `color of ${shape.shape}`;
    const digits = objectsOf(scene).filter((cell) => cell.kind === 'digit').length;
    return digits >= 2 ? 'sum of digits' : `how many ${random.pick(wordsOf(shape))}`;
  }
  if (random.chance(0.5)) return sumText(random, `NUMBER1 ${random.chance(0.5) ? 'minus' : 'plus'} NUMBER2`);
  return `${random.pick(RELATIONS)} of ${random.pick(GUILDS)}`;
}

export const two: TaskFamily = {
  name: 'two',
  label: 'general',
  weight: 1,
  forms: { general: PAIR },
  parts: {
    Q: ['NUMBER1 (plus|minus) NUMBER2', 'how many CAT', 'color of SHAPE', 'REL of GUILD', 'sum of digits'],
    DISTRACT: ['NUMBER1 plus NUMBER2', 'how many CAT'],
  },
  demonstrate: fails('reasoningError', 1, (random) => random.pick(['wrong', 'partly'])),
  draw(draw) {
    const { random } = draw;
    let scene: Scene | null = null;
    if (random.chance(0.6)) {
      const objects: Cell[] = addShapes(random, [], 1 + random.int(2));
      if (random.chance(0.3)) objects.push(digitCell(random), digitCell(random));
      else addShapes(random, objects, 1);
      scene = picture(draw, objects);
    }
    const Q1 = drawQuestion(random, scene);
    let Q2 = drawQuestion(random, scene);
    while (Q2 === Q1) Q2 = drawQuestion(random, scene);
    const text = ask(draw, PAIR, { Q1, Q2 });
    return { variant: scene ? 'visual' : 'text', text, scene };
  },
};
