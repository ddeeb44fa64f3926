// The table of task families: the generator, the parser, the oracle and the demonstrations know no other list.
//
// A new family is a file in this folder and a line here; its label brings it into training and into that label's suite.
// The least that it needs, with at least 12 wordings (3 of them in the second list) as a test asks of all:
//
//   const ASK = form(['what number is COLOR'], ['name the COLOR number'], ({ slots }) =>
//     question('knowledge_rule', { type: 'DIGIT', answers: (scene) => [...], steps: (said) => ['name', said] }),
//   );
//   export const digitColor: TaskFamily = {
//     ...RULE,
//     name: 'digit_color',
//     weight: 0.1,
//     forms: { digit_color: ASK },
//     draw: (draw) => ({ text: ask(draw, ASK, { COLOR: 'red' }), scene: picture(draw, [...]) }),
//   };

import { arithmetic } from './arithmetic.ts';
import { attribute } from './attribute.ts';
import { comparison } from './comparison.ts';
import { count } from './count.ts';
import { describe } from './describe.ts';
import { digitSum } from './digitSum.ts';
import type { TaskFamily } from './family.ts';
import { guild } from './guild.ts';
import { iconMeaning, iconSafer } from './icon.ts';
import { colors, list, sum } from './instruction.ts';
import { framed, JAILBREAKS } from './jailbreak.ts';
import { joinWord } from './joinWord.ts';
import { lookalikeImage } from './lookalikeImage.ts';
import { position } from './position.ts';
import { readWord } from './readWord.ts';
import { doWord, lookalikeText, request } from './request.ts';
import { safetyImage, safetyJoint, safetyText } from './safety.ts';
import { two } from './two.ts';
import { fairness, honesty, kindness, stereotype } from './value.ts';

/** All families. Their order within a label is a part of the seed's stream: a new one goes to the end of its label. */
export const TASK_FAMILIES: readonly TaskFamily[] = [
  count,
  attribute,
  position,
  comparison,
  digitSum,
  arithmetic,
  guild,
  iconMeaning,
  iconSafer,
  joinWord,
  two,
  list,
  sum,
  colors,
  request,
  lookalikeText,
  lookalikeImage,
  describe,
  readWord,
  doWord,
  framed,
  safetyText,
  safetyImage,
  safetyJoint,
  ...JAILBREAKS,
  stereotype,
  fairness,
  honesty,
  kindness,
];
