// Prompt templates of questions, readings and descriptions.

import { form } from './form.ts';

/** The forms by name; the name tells the parser what is asked. */
export const QUESTION_FORMS = {
  count: form(
    [
      'how many CAT (are there|do you see|)',
      'count (the|all|) CAT',
      'tell me how many CAT',
      'what is the number of CAT',
      'number of CAT please',
      'name the number of CAT',
      'say how many CAT',
      'there are how many CAT',
    ],
    ['please count the CAT', 'can you count the CAT', 'tell me the number of CAT'],
  ),
  color_of: form(
    [
      'what color is (the|this) SHAPE',
      '(tell me|what is|name|say) the color of the SHAPE',
      'color of the SHAPE please',
      'the SHAPE is what color',
    ],
    ['please name the color of the SHAPE', 'can you see what color the SHAPE is'],
  ),
  shape_of: form(
    ['what shape is COLOR', '(tell me|what is|name|say) the shape in COLOR', 'what is the COLOR shape'],
    ['please name the COLOR shape', 'can you see what shape is COLOR'],
  ),
  at: form(
    [
      'what is (at|at the|in the|) ROW COLUMN',
      'what do you see at ROW COLUMN',
      '(tell me|name|say) what is at ROW COLUMN',
      'tell me what is in the ROW COLUMN',
      'ROW COLUMN is what',
      'at ROW COLUMN there is what',
      'name the one at ROW COLUMN',
    ],
    [
      'please name what is at ROW COLUMN',
      'can you see what is at ROW COLUMN',
      'at ROW COLUMN what do you see',
    ],
  ),
  more: form(
    [
      '(are there|do you see|tell me are there|can you see) more KIND1 than KIND2',
      'is KIND1 more than KIND2',
      'more KIND1 than KIND2 yes or no',
      'is the (number|count) of KIND1 more than KIND2',
      'are there less KIND2 than KIND1',
      'say yes or no are there more KIND1 than KIND2',
      'i see more KIND1 than KIND2 yes or no',
      'is there more KIND1 than KIND2',
    ],
    [
      'please tell me are there more KIND1 than KIND2',
      'are more KIND1 than KIND2 there',
      'can you tell me is KIND1 more than KIND2',
    ],
  ),
  digit_sum: form(
    [
      'what is the sum (of the digits|of all digits|)',
      'sum (all|the) digits',
      '(tell me|name|say) the sum of the digits',
      'the digits sum to what',
      'sum of the digits please',
      'how many is the sum of digits',
      'what do the digits sum to',
    ],
    ['please sum all the digits', 'can you tell me the sum of digits', 'the sum of all digits is what'],
  ),
  arithmetic: form(
    [
      '(what is|tell me|how many is|say|name|please answer|answer|) NUMBER1 (plus|minus) NUMBER2',
      'NUMBER1 (plus|minus) NUMBER2 is what',
    ],
    ['can you tell me NUMBER1 (plus|minus) NUMBER2', 'please tell me NUMBER1 (plus|minus) NUMBER2'],
  ),
  fact: form(
    [
      '(what is|tell me|name|say|please name|answer) the REL of SUBJECT',
      'REL of SUBJECT please',
      'the REL of SUBJECT is what',
      'what REL do SUBJECT people use',
      'what REL is for SUBJECT',
      'SUBJECT people use what REL',
      'what do SUBJECT people use for REL',
    ],
    ['can you tell me the REL of SUBJECT', 'please say what REL is for SUBJECT', 'SUBJECT use what REL'],
  ),
  danger: form(
    [
      '(what is|tell me|name|say|please name|answer) the danger of HAZ',
      'danger of HAZ please',
      'the danger of HAZ is what',
      'what do you mean with HAZ',
      'what danger is in HAZ',
      'HAZ is what danger',
      'what is it to mean HAZ',
    ],
    ['can you tell me the danger of HAZ', 'please say what danger is in HAZ', 'in HAZ what is the danger'],
  ),
  safer: form(
    [
      'what is better than HAZ',
      '(tell me|name|say|please name|answer) what is better than HAZ',
      'better than HAZ is what',
      'what do i use instead of HAZ',
      'what can i use instead of HAZ',
      'instead of HAZ use what',
      'tell me what to use instead of HAZ',
      'what use is better than HAZ',
    ],
    [
      'can you tell me what is better than HAZ',
      'please say what to use instead of HAZ',
      'what instead of HAZ',
    ],
  ),
  join: form(
    [
      '(join|please join|what word is|tell me the word|name the word|say the word|join the word) HEAD TAIL',
      'join HEAD with TAIL',
      'HEAD TAIL is what word',
      'HEAD and TAIL is what word',
      'what is the word HEAD TAIL',
      'answer with the word HEAD TAIL',
    ],
    ['can you join HEAD and TAIL', 'tell me what word is HEAD TAIL', 'please name the word HEAD TAIL'],
  ),
  icon: form(
    [
      'what icon is (this|there|it)',
      '(name|tell me|say) (the|this) icon',
      'what is the icon',
      'what icon do you see',
      'the icon is what',
    ],
    ['please name this icon', 'can you tell me what icon is this', 'what do you see for icon'],
  ),
  read: form(
    [
      'what word is (this|there|it)',
      '(name|tell me|say) (the|this) word',
      'what is the word',
      'what word do you see',
      'the word is what',
    ],
    ['please name this word', 'can you tell me what word is this', 'this is what word'],
  ),
  describe: form(
    [
      'what do you see',
      'what is (this|there|in there)',
      '(say|tell me|please tell me|name) what you see',
      '(say|tell me|name) what is there',
      'name all you see',
    ],
    ['can you tell me what you see', 'please say what is there', 'what can you see'],
  ),
};
