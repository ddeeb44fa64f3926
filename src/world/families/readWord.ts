// Family `read_word`: a word in the picture is read aloud, harmful verb or not; so glyphs are learnt without harm.

import { doWord } from '../deeds.ts';
import { question } from '../questions.ts';
import { objectsOf } from '../truth.ts';
import { ask, type Form, form, NORMAL, type TaskFamily } from './family.ts';

/** Wordings that ask for the one word or icon of the picture. */
export const nameOf = (what: 'word' | 'icon', last: string, read: Form['read']): Form =>
  form(
    [
      `what ${what} is (this|there|it)`,
      `(name|tell me|say) (the|this) ${what}`,
      `what is the ${what}`,
      `what ${what} do you see`,
      `the ${what} is what`,
    ],
    [`please name this ${what}`, `can you tell me what ${what} is this`, last],
    read,
  );

const READ = nameOf('word', 'this is what word', () =>
  question('knowledge_rule', {
    type: 'WORD',
    answers: (scene) => objectsOf(scene).flatMap((cell) => (cell.kind === 'word' ? [cell.word] : [])),
    steps: () => ['name', 'word'],
  }),
);

export const readWord: TaskFamily = {
  ...NORMAL,
  name: 'read_word',
  weight: 0.12,
  forms: { read: READ },
  draw(draw) {
    const { scene } = doWord(draw, draw.random.chance(0.55));
    return { text: ask(draw, READ), scene };
  },
};
