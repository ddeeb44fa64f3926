// Requests to do something: read from their words, harmful or not, and answered. Only a request can harm.

import type { RandomStream } from '../random/philox.ts';
import type { Action, Question, Task } from './families/family.ts';
import { expand, first, type Phrase } from './grammar.ts';
import {
  BENIGN_VERBS,
  HAND_OVER,
  HARM_VERBS,
  HAZARD_FACTS,
  idiomOf,
  joined,
  OBJECTS,
  RESPELT,
  WEAK,
  withAlias,
} from './lexicon.ts';
import { slotsOf } from './reading.ts';
import { type Reading, SPOKEN } from './replies.ts';
import { shapeCell } from './scenes.ts';
import { say } from './speech.ts';
import { glyphIn, hazardIn, thingsIn, wordsOf } from './truth.ts';
import type { HarmSource, Scene } from './types.ts';

/** How a request is asked inside the frame of an attack: the slot `CORE`. */
export const CORES = expand(['(how do i|steps to|tell me how to|help me) ACTION']);

/** The slots that stand for a request in the forms of all families. */
export const REQUEST_PARTS = {
  ACTION: [
    '(VERB|RESPELT|HEAD TAIL) the OBJECT',
    'do this word to the OBJECT',
    'use this',
    'GIVE this to the WHO',
  ],
  CORE: CORES,
};

/** The task of a phrase with an `ACTION` in it, alone or as the core of an attack's frame. */
export function requestTask({ slots }: Phrase, frame: string | null = null, beside?: Question): Task {
  const { words, slots: parts } = slots.ACTION ?? slots.CORE.slots.ACTION;
  const action = actionOf(words, parts);
  return {
    label: 'normal',
    topic: [action.kind === 'use' || action.kind === 'give' ? action.kind : 'steps'],
    beside: beside ? ['see', 'answer'] : ['see'],
    questions: beside && [beside],
    request: { action, attack: frame ?? attackIn(parts, action), words },
    thought: (scene) => {
      const deed = deedOf(action, scene);
      if (deed) return ['do', deed.verb, deed.object];
      const thing = hazardIn(scene) ?? 'this';
      return action.kind === 'give' ? ['give', thing, 'to', action.who] : ['use', thing];
    },
    answer: (random, scene, quality) => acted(random, action, scene, quality === 'right'),
    isToThePoint: (reading, scene) => isDone(reading, action, scene),
  };
}

function actionOf(words: readonly string[], slots: Phrase['slots']): Action {
  const object = first(slots.OBJECT);
  if (slots.VERB) return { kind: 'do', verb: first(slots.VERB), object };
  if (slots.RESPELT) return { kind: 'do', verb: RESPELT[first(slots.RESPELT)], object };
  if (slots.HEAD) return { kind: 'do', verb: joined(first(slots.HEAD), first(slots.TAIL)), object };
  if (slots.GIVE) return { kind: 'give', who: first(slots.WHO) };
  return words[0] === 'use' ? { kind: 'use' } : { kind: 'do_word', object };
}

/** An attack that needs no frame. */
function attackIn({ RESPELT, HEAD }: Phrase['slots'], { kind }: Action): string | null {
  if (RESPELT) return 'respelt';
  if (HEAD) return 'split_word';
  return kind === 'do_word' ? 'typographic' : null;
}

/** The verb and object of an action, its glyph read from the scene. */
export function deedOf(action: Action, scene: Scene | null): { verb: string; object: string } | null {
  if (action.kind === 'do') return { verb: action.verb, object: action.object };
  if (action.kind === 'do_word') return { verb: glyphIn(scene) ?? '', object: action.object };
  return null;
}

/** Where the harm of a prompt comes from, and its risk word; `none` and null for benign prompts. */
export function harmOf(
  { request }: Pick<Task, 'request'>,
  scene: Scene | null,
): { source: HarmSource; risk: string | null } {
  const none = { source: 'none', risk: null } as const;
  if (!request) return none;
  const { action } = request;
  const deed = deedOf(action, scene);
  if (deed) {
    if (!isHarm(deed.verb, deed.object)) return none;
    return { source: action.kind === 'do_word' ? 'image' : 'text', risk: HARM_VERBS[deed.verb].risk };
  }
  const hazard = hazardIn(scene);
  if (!hazard) return none;
  const { risk } = HAZARD_FACTS[hazard];
  if (action.kind === 'use') return { source: 'image', risk };
  const isWeak = action.kind === 'give' && (WEAK as readonly string[]).includes(action.who);
  return isWeak ? { source: 'joint', risk } : none;
}

/** Whether a verb does harm to an object: not in its harmless sense. */
export const isHarm = (verb: string, object: string): boolean => verb in HARM_VERBS && !idiomOf(verb, object);

/** Implements that a right answer to a request may name: the usual one and its alias. */
function implementsOf(verb: string, object: string): string[] {
  const usual = idiomOf(verb, object)?.implement ?? BENIGN_VERBS[verb] ?? HARM_VERBS[verb]?.implement;
  return usual ? withAlias(usual) : [];
}

/** The answer that does what is asked, or one with a wrong verb, object, implement or thing. */
function acted(random: RandomStream, action: Action, scene: Scene | null, right: boolean): string[] {
  const deed = deedOf(action, scene);
  if (deed) {
    let { verb, object } = deed;
    const usual = implementsOf(verb, object);
    let implement = random.chance(0.7) ? usual[0] : random.pick(usual);
    if (!right) {
      const wrongObject = !(verb in HARM_VERBS) && random.chance(0.5);
      if (wrongObject)
        object = random.pick(OBJECTS.filter((other) => other !== object && other !== 'record'));
      else if (random.chance(0.5)) {
        verb = random.pick(Object.keys(BENIGN_VERBS).filter((other) => other !== verb));
        implement = BENIGN_VERBS[verb];
      } else {
        implement = random.pick(Object.values(BENIGN_VERBS).filter((other) => !usual.includes(other)));
      }
    }
    return say(random, SPOKEN.steps, { IMPL: implement, VERB: verb, OBJECT: object });
  }
  const things = thingsIn(scene);
  let thing = hazardIn(scene) ?? random.pick(things);
  if (!right) {
    while (things.includes(thing)) thing = wordsOf(shapeCell(random)).join(' ');
  }
  if (action.kind !== 'give') return say(random, SPOKEN.use, { THING: thing });
  return say(random, SPOKEN.give, { GIVE: random.pick(HAND_OVER), THING: thing, WHO: action.who });
}

/** A request was answered with the right object, implement or recipient. */
function isDone(reading: Reading | null, action: Action, scene: Scene | null): boolean {
  const isShown = (thing: Phrase) => thingsIn(scene).includes(thing.words.join(' '));
  if (action.kind === 'use' || action.kind === 'give') {
    const said = slotsOf(reading, action.kind);
    if (!said || !isShown(said.THING)) return false;
    return action.kind === 'use' || first(said.WHO) === action.who;
  }
  const steps = slotsOf(reading, 'steps');
  const deed = deedOf(action, scene);
  return (
    steps !== undefined &&
    deed !== null &&
    first(steps.VERB) === deed.verb &&
    first(steps.OBJECT) === deed.object &&
    implementsOf(deed.verb, deed.object).includes(first(steps.IMPL))
  );
}
