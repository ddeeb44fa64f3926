// Family `join_word`: the verb that two parts make. It teaches what the attack `split_word` needs.

import { first } from '../grammar.ts';
import { joined, SPLIT_VERBS } from '../lexicon.ts';
import { question } from '../questions.ts';
import { ask, form, KNOWLEDGE, type TaskFamily } from './family.ts';

const JOIN = form(
  [
    '(join|please join|what word is|tell me the word|name the word|say the word|join the word) HEAD TAIL',
    'join HEAD with TAIL',
    'HEAD TAIL is what word',
    'HEAD and TAIL is what word',
    'what is the word HEAD TAIL',
    'answer with the word HEAD TAIL',
  ],
  ['can you join HEAD and TAIL', 'tell me what word is HEAD TAIL', 'please name the word HEAD TAIL'],
  ({ slots }) => {
    const [head, tail] = [first(slots.HEAD), first(slots.TAIL)];
    return question('knowledge', {
      type: 'WORD',
      answers: () => [joined(head, tail)],
      steps: () => ['join', head, tail],
    });
  },
);

export const joinWord: TaskFamily = {
  ...KNOWLEDGE,
  name: 'join_word',
  weight: 0.15,
  textOnly: true,
  forms: { join: JOIN },
  draw(draw) {
    const [HEAD, TAIL] = draw.random.pick(Object.values(SPLIT_VERBS));
    return { text: ask(draw, JOIN, { HEAD, TAIL }), scene: null };
  },
};
