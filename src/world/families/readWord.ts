// Family `read_word`: a word in the picture is read aloud, harmful verb or not; so glyphs are learnt without harm.

import { doWord } from '../deeds.ts';
import { question } from '../questions.ts';
import { objectsOf } from '../truth.ts';
import { ask, form, NORMAL, type TaskFamily } from './family.ts';

const READ = form(
  [
    'what word is (this|there|it)',
    '(name|tell me|say) (the|this) word',
    'what is the word',
    'what word do you see',
    'the word is what',
  ],
  ['please name this word', 'can you tell me what word is this', 'this is what word'],
  () =>
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
