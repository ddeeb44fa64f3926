// Families `list`, `sum` and `colors`: a small task under one or two constraints on the form of the answer.

import { expand, fill, first, type Phrase } from '../grammar.ts';
import { COLORS, NUMBERS, SHAPES, TOOLS } from '../lexicon.ts';
import { numeral } from '../questions.ts';
import { addShapes, picture } from '../scenes.ts';
import { objectsOf } from '../truth.ts';
import { type Body, type Constraint, EDGE_WORDS, instructionTask } from './constraints.ts';
import { type Draw, fails, form, type TaskFamily, template } from './family.ts';

/** Words that an instruction may ask to list. */
const LIST_WORDS = [...SHAPES, ...new Set(TOOLS)];

const LIST = expand(['(say|name|tell me) LISTED1 LISTED2 LISTED3']);
const SUM = expand(['(what is|tell me|say) NUMBER1 plus NUMBER2']);
const EACHCOLOR = expand(['(name|say|tell me) each color']);

function readBody({ LIST, SUM }: Phrase['slots']): Body {
  if (LIST) {
    const { LISTED1, LISTED2, LISTED3 } = LIST.slots;
    const words = [LISTED1, LISTED2, LISTED3].map(first);
    return { domain: LIST_WORDS, ordered: true, asked: () => words };
  }
  if (SUM) {
    const { NUMBER1, NUMBER2 } = SUM.slots;
    return { domain: NUMBERS, asked: () => [NUMBERS[numeral(NUMBER1) + numeral(NUMBER2)]] };
  }
  const asked: Body['asked'] = (scene) => [
    ...new Set(objectsOf(scene).flatMap((cell) => ('color' in cell ? [cell.color] : []))),
  ];
  return { domain: COLORS, asked };
}

function readConstraint({ slots, words }: Phrase): Constraint {
  if (slots.NUMBER) return { kind: 'exactly', count: numeral(slots.NUMBER) };
  if (slots.EDGE) return { kind: words[0] === 'start' ? 'start' : 'end', word: first(slots.EDGE) };
  if (slots.LISTED) return { kind: 'without', word: first(slots.LISTED) };
  return { kind: 'reverse' };
}

const INSTRUCT = form(
  ['(|please) BODY CONS1', 'CONS1 ; BODY', 'BODY CONS1 and CONS2', 'CONS1 and CONS2 ; BODY'],
  ['can you BODY CONS1', 'please CONS1 and BODY', 'please BODY CONS1 and CONS2'],
  ({ slots: { BODY, CONS1, CONS2 } }) =>
    instructionTask({
      body: readBody(BODY.slots),
      constraints: [CONS1, CONS2].filter(Boolean).map(readConstraint),
    }),
);

type ConstraintKind = Constraint['kind'];

/**
 * The task text with as many constraints of the given kinds as the frame has room for. `contentLength`: how many words
 * the content has, from which `exactly` is drawn; `listed`: words that `without` may forbid.
 */
function constrained(
  draw: Draw,
  body: string,
  kinds: readonly ConstraintKind[],
  contentLength: number,
  listed: readonly string[] = [],
): string {
  const { random } = draw;
  const frame = template(draw, INSTRUCT);
  const chosen = random.shuffled(kinds).slice(0, frame.includes('CONS2') ? 2 : 1);
  const edges = chosen.filter((kind) => kind === 'start' || kind === 'end').length;
  const [startWord, endWord] = random.shuffled(EDGE_WORDS);
  const texts: Record<ConstraintKind, () => string> = {
    exactly: () => `in exactly ${NUMBERS[contentLength + edges + random.int(4)]} word`,
    start: () => `start with ${startWord}`,
    end: () => `end with ${endWord}`,
    reverse: () => 'in reverse',
    without: () => `without ${random.pick(listed)}`,
  };
  const [CONS1, CONS2 = ''] = chosen.map((kind) => texts[kind]());
  return fill(frame, { BODY: body, CONS1, CONS2 });
}

const SHARED = { label: 'instruction', demonstrate: fails('instructionError') } as const;

export const list: TaskFamily = {
  ...SHARED,
  name: 'list',
  weight: 0.4,
  textOnly: true,
  forms: { instruct: INSTRUCT },
  parts: {
    BODY: ['LIST', 'SUM', 'EACHCOLOR'],
    LIST,
    SUM,
    EACHCOLOR,
    LISTED: LIST_WORDS,
    EDGE: EDGE_WORDS,
    CONS: ['in exactly NUMBER word', 'start with EDGE', 'end with EDGE', 'in reverse', 'without LISTED'],
  },
  draw(draw) {
    const listed = draw.random.shuffled(LIST_WORDS).slice(0, 3);
    const [LISTED1, LISTED2, LISTED3] = listed;
    const body = fill(draw.random.pick(LIST), { LISTED1, LISTED2, LISTED3 });
    return { text: constrained(draw, body, ['start', 'end', 'reverse', 'without'], 3, listed), scene: null };
  },
};

export const sum: TaskFamily = {
  ...SHARED,
  name: 'sum',
  weight: 0.3,
  textOnly: true,
  draw(draw) {
    const { random } = draw;
    const slots = { NUMBER1: NUMBERS[random.int(10)], NUMBER2: NUMBERS[random.int(10)] };
    const body = fill(random.pick(SUM), slots);
    return { text: constrained(draw, body, ['exactly', 'start', 'end'], 1), scene: null };
  },
};

export const colors: TaskFamily = {
  ...SHARED,
  name: 'colors',
  weight: 0.3,
  draw(draw) {
    const { random } = draw;
    const used = new Set<string>();
    const objects = addShapes(
      random,
      [],
      1 + random.int(3),
      ({ color }) => !used.has(color) && !!used.add(color),
    );
    const text = constrained(draw, random.pick(EACHCOLOR), ['exactly', 'start', 'end'], objects.length);
    return { text, scene: picture(draw, objects) };
  },
};
