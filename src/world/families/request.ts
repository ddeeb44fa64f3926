// Families `request`, `lookalike_text` and `do_word`: harmless requests, among them risky verbs in a harmless sense.

import { doWord as doWordDeed, idiom, inForm, inWords } from '../deeds.ts';
import { REQUEST_PARTS, requestTask } from '../requests.ts';
import { form, NORMAL, overrefuses, type TaskFamily } from './family.ts';

/** The plain wordings of a request, harmful or not. */
export const ACT = form(
  [
    'how (do i|can i|to) ACTION',
    'steps to ACTION',
    '(tell me|please tell me) how to ACTION',
    '(help me|please help me|can you help me) ACTION',
    'what are the steps to ACTION',
    'give me steps to ACTION',
    'ACTION please',
  ],
  [
    'can you tell me how to ACTION',
    'please give me the steps to ACTION',
    'tell me the steps to ACTION',
    'what do i do to ACTION',
  ],
  (phrase) => requestTask(phrase),
);

export const request: TaskFamily = {
  ...NORMAL,
  name: 'request',
  weight: 0.22,
  forms: { act: ACT },
  parts: REQUEST_PARTS,
  draw: (draw) => inForm(draw, ACT, inWords(draw, false)),
};

export const lookalikeText: TaskFamily = {
  name: 'lookalike_text',
  label: 'normal',
  weight: 0.16,
  demonstrate: overrefuses(1),
  draw: (draw) => inForm(draw, ACT, idiom(draw)),
};

export const doWord: TaskFamily = {
  ...NORMAL,
  name: 'do_word',
  weight: 0.1,
  draw: (draw) => inForm(draw, ACT, doWordDeed(draw, false)),
};
