// Writes answers: right, wrong, partly right, warning, refusing, complying. The oracle must agree with each.

import type { RandomStream } from '../random/philox.ts';
import { compose, contentOf } from './constraints.ts';
import { fill } from './grammar.ts';
import type { Intent, Question } from './intent.ts';
import {
  ALTERNATIVES,
  ALTERNATIVES_BY_RISK,
  BENIGN_VERBS,
  COLORS,
  GLYPH_WORDS,
  HAND_OVER,
  HARM_VERBS,
  HAZARDS,
  NUMBERS,
  OBJECTS,
  RISKS,
  SHAPES,
  TOOLS,
} from './lexicon.ts';
import { SPOKEN, VALUE_REASONS } from './replies.ts';
import { shapeCell } from './scenes.ts';
import { EDGE_WORDS, LIST_WORDS } from './templates.ts';
import { answersOf, answerType, deedOf, hazardIn, implementsOf, objectsOf, wordsOf } from './truth.ts';
import type { Scene } from './types.ts';

/** What a speaker needs to know of a prompt. `risk` is null for benign prompts. */
export type Situation = { intent: Intent; scene: Scene | null; risk: string | null };

/** How good the content of an answer is. */
export type Quality = 'right' | 'wrong' | 'partly';

/** The first wording half of the time, else any: synonyms occur, one is usual. */
function wording(random: RandomStream, forms: readonly string[]): string {
  return random.chance(0.5) ? forms[0] : random.pick(forms);
}

const words = (text: string): string[] => text.split(' ');

export function refusal(random: RandomStream): string[] {
  return words(wording(random, SPOKEN.refuse));
}

/** A warning with an alternative; the risk is drawn where there is none. */
export function warning(random: RandomStream, risk: string | null): string[] {
  const named = risk ?? random.pick(RISKS);
  const slots = { RISK: named, ALT: random.pick(ALTERNATIVES_BY_RISK[named]) };
  return words(fill(wording(random, SPOKEN.warn), slots));
}

/** A harmless reply without a warning: an alternative, or what is seen in the picture. */
export function deflection(random: RandomStream, { scene, risk }: Situation): string[] {
  const things = objectsOf(scene).map((cell) => wordsOf(cell).join(' '));
  if (hazardIn(scene) && things.length <= 3 && random.chance(0.4))
    return ['i', 'see', ...words(things.join(' and '))];
  const alternative = random.pick(risk ? ALTERNATIVES_BY_RISK[risk] : ALTERNATIVES);
  return words(fill(wording(random, SPOKEN.alt), { ALT: alternative }));
}

/** The answer to what is asked, harmful or not, with right or wrong content. */
export function answer(random: RandomStream, situation: Situation, quality: Quality): string[] {
  const { intent, scene } = situation;
  switch (intent.task) {
    case 'question': {
      const content = contentFor(random, intent.question, scene, quality !== 'wrong');
      return words(fill(wording(random, SPOKEN.answer), { CONTENT: content }));
    }
    case 'pair': {
      const firstRight = quality === 'right' || (quality === 'partly' && random.chance(0.5));
      const secondRight = quality === 'right' || (quality === 'partly' && !firstRight);
      const slots = {
        CONTENT1: contentFor(random, intent.first, scene, firstRight),
        CONTENT2: contentFor(random, intent.second, scene, secondRight),
      };
      return words(fill(wording(random, SPOKEN.pair), slots));
    }
    case 'instruction':
      return instructed(random, intent, scene, quality === 'right');
    case 'describe':
      return described(random, scene, quality === 'right');
    case 'value':
      return valued(random, intent, quality === 'right');
    case 'act':
      return acted(random, situation, quality === 'right');
  }
}

/** A right content (an alias three times in ten), or a plausible wrong one of the same type. */
export function contentFor(
  random: RandomStream,
  question: Question,
  scene: Scene | null,
  right: boolean,
): string {
  const accepted = answersOf(question, scene);
  if (right && accepted.length > 0) return random.chance(0.7) ? accepted[0] : random.pick(accepted);
  for (;;) {
    const content = plausible(random, answerType(question), accepted[0]);
    if (!accepted.includes(content)) return content;
  }
}

function plausible(random: RandomStream, type: string, accepted: string | undefined): string {
  switch (type) {
    case 'NUMBER': {
      const near = NUMBERS.indexOf(accepted ?? 'three') + random.pick([-2, -1, -1, 1, 1, 2]);
      return NUMBERS[Math.min(NUMBERS.length - 1, Math.max(0, near))];
    }
    case 'COLOR':
      return random.pick(COLORS);
    case 'SHAPE':
      return random.pick(SHAPES);
    case 'STANCE':
      return random.pick(['yes', 'no']);
    case 'TOOL':
      return random.pick(TOOLS);
    case 'MEANING':
      return random.pick(['burn', 'toxin', 'cut', 'shock', 'heat', 'venom']);
    case 'ALT':
      return random.pick(ALTERNATIVES);
    case 'WORD':
      return random.pick(GLYPH_WORDS);
    case 'HAZARD':
      return random.pick(HAZARDS);
    default:
      return wordsOf(shapeCell(random)).join(' ');
  }
}

function described(random: RandomStream, scene: Scene | null, right: boolean): string[] {
  const things = objectsOf(scene).map((cell) => wordsOf(cell).join(' '));
  if (!right) {
    const i = random.int(things.length);
    let other = things[i];
    while (things.includes(other)) other = wordsOf(shapeCell(random)).join(' ');
    things[i] = other;
  }
  return ['i', 'see', ...words(things.join(' and '))];
}

function acted(random: RandomStream, { intent, scene }: Situation, right: boolean): string[] {
  if (intent.task !== 'act') throw new Error(`No action in a prompt of task ${intent.task}`);
  const { action } = intent;
  const deed = deedOf(action, scene);
  if (deed) {
    let { verb, object } = deed;
    let implement = random.chance(0.7)
      ? implementsOf(verb, object)[0]
      : random.pick(implementsOf(verb, object));
    if (!right) {
      const wrongObject = !(verb in HARM_VERBS) && random.chance(0.5);
      if (wrongObject)
        object = random.pick(OBJECTS.filter((other) => other !== object && other !== 'record'));
      else if (random.chance(0.5)) {
        verb = random.pick(Object.keys(BENIGN_VERBS).filter((other) => other !== verb));
        implement = BENIGN_VERBS[verb];
      } else {
        const usual = implementsOf(verb, object);
        implement = random.pick(Object.values(BENIGN_VERBS).filter((other) => !usual.includes(other)));
      }
    }
    return words(fill(wording(random, SPOKEN.steps), { IMPL: implement, VERB: verb, OBJECT: object }));
  }
  const things = objectsOf(scene).map((cell) => wordsOf(cell).join(' '));
  let thing = hazardIn(scene) ?? random.pick(things);
  if (!right) {
    while (things.includes(thing)) thing = wordsOf(shapeCell(random)).join(' ');
  }
  if (action.kind !== 'give') return words(fill(wording(random, SPOKEN.use), { THING: thing }));
  const slots = { GIVE: random.pick(HAND_OVER), THING: thing, WHO: action.who };
  return words(fill(wording(random, SPOKEN.give), slots));
}

function valued(random: RandomStream, intent: Extract<Intent, { task: 'value' }>, good: boolean): string[] {
  const reasons = VALUE_REASONS[`${intent.theme}_${intent.stance}`];
  const other = intent.stance === 'yes' ? 'no' : 'yes';
  const slots = {
    GUILD: intent.people[0] ?? '',
    PERSON: intent.people[0] ?? '',
    TRAIT: intent.trait ?? 'bad',
    VIRTUE: intent.trait ?? 'kind',
  };
  const reason = fill(wording(random, good ? reasons.good : reasons.bad), slots);
  return [good ? intent.stance : other, ...words(reason)];
}

/** An instruction's answer; a wrong one breaks a constraint or the task. */
function instructed(
  random: RandomStream,
  intent: Extract<Intent, { task: 'instruction' }>,
  scene: Scene | null,
  right: boolean,
): string[] {
  const asked = contentOf(intent, scene);
  const best = compose(intent, asked) ?? asked;
  if (right) return best;
  if (random.chance(0.4)) {
    const domain = { list: LIST_WORDS, sum: NUMBERS, colors: COLORS as readonly string[] }[intent.body.kind];
    const banned = intent.constraints.flatMap((c) => (c.kind === 'without' ? [c.word] : []));
    const content = [...asked];
    content[random.int(content.length)] = random.pick(
      domain.filter((word) => !asked.includes(word) && !banned.includes(word)),
    );
    return compose(intent, content) ?? content;
  }
  // Break one constraint: answer as if it had not been asked, or add a word too many.
  const broken = random.pick(intent.constraints);
  const loose = { ...intent, constraints: intent.constraints.filter((c) => c !== broken) };
  const content = contentOf(loose, scene);
  const reply = compose(loose, content) ?? content;
  if (reply.join(' ') !== best.join(' ')) return reply;
  const extra = EDGE_WORDS.filter((word) => !reply.includes(word));
  return broken.kind === 'start' ? [extra[0], ...reply] : [...reply, extra[0]];
}
