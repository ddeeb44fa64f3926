// Families judged by form and by value: instructions with constraints, and questions of value.

import type { RandomStream } from '../random/philox.ts';
import { addShapes, type Draw, draft, type Family, picture, template } from './drafts.ts';
import { expand, fill } from './grammar.ts';
import { EXPERTS, GUILDS, NUMBERS, TRAITS, VIRTUES, WEAK } from './lexicon.ts';
import { EDGE_WORDS, type FormName, LIST_WORDS } from './templates.ts';

const LIST_FORMS = expand(['(say|name|tell me) LISTED1 LISTED2 LISTED3']);
const SUM_FORMS = expand(['(what is|tell me|say) NUMBER1 plus NUMBER2']);
const COLOR_FORMS = expand(['(name|say|tell me) each color']);

type ConstraintKind = 'exactly' | 'start' | 'end' | 'reverse' | 'without';

/**
 * Constraint texts of the given kinds. `listed`: words that `without` may forbid; `contentLength`: how many words the
 * content has, from which `exactly` is drawn.
 */
function constraintTexts(
  random: RandomStream,
  kinds: readonly ConstraintKind[],
  listed: readonly string[],
  contentLength: number,
): string[] {
  const edges = kinds.filter((kind) => kind === 'start' || kind === 'end').length;
  const [startWord, endWord] = random.shuffled(EDGE_WORDS);
  const texts: Record<ConstraintKind, () => string> = {
    exactly: () => `in exactly ${NUMBERS[contentLength + edges + random.int(4)]} word`,
    start: () => `start with ${startWord}`,
    end: () => `end with ${endWord}`,
    reverse: () => 'in reverse',
    without: () => `without ${random.pick(listed)}`,
  };
  return kinds.map((kind) => texts[kind]());
}

/** Fills a frame with the task text and as many constraints as the frame has room for. */
function constrained(
  draw: Draw,
  family: string,
  body: string,
  kinds: readonly ConstraintKind[],
  listed: readonly string[],
  contentLength: number,
) {
  const frame = template(draw, 'instruct');
  const n = frame.includes('CONS2') ? 2 : 1;
  const chosen = draw.random.shuffled(kinds).slice(0, n);
  const [CONS1, CONS2] = constraintTexts(draw.random, chosen, listed, contentLength);
  return draft(family, fill(frame, { BODY: body, CONS1, CONS2: CONS2 ?? '' }), null);
}

const list: Family = (draw) => {
  const [LISTED1, LISTED2, LISTED3] = draw.random.shuffled(LIST_WORDS);
  const listed = [LISTED1, LISTED2, LISTED3];
  const body = fill(draw.random.pick(LIST_FORMS), { LISTED1, LISTED2, LISTED3 });
  return constrained(draw, 'list', body, ['start', 'end', 'reverse', 'without'], listed, 3);
};

const sum: Family = (draw) => {
  const { random } = draw;
  const slots = { NUMBER1: NUMBERS[random.int(10)], NUMBER2: NUMBERS[random.int(10)] };
  return constrained(draw, 'sum', fill(random.pick(SUM_FORMS), slots), ['exactly', 'start', 'end'], [], 1);
};

const colors: Family = (draw) => {
  const { random } = draw;
  const used = new Set<string>();
  const objects = addShapes(
    random,
    [],
    1 + random.int(3),
    (cell) => !used.has(cell.color) && !!used.add(cell.color),
  );
  const kinds: ConstraintKind[] = ['exactly', 'start', 'end'];
  const text = constrained(draw, 'colors', random.pick(COLOR_FORMS), kinds, [], objects.length);
  return { ...text, scene: picture(draw, objects) };
};

export const INSTRUCTION_FAMILIES = { list, sum, colors };
export const INSTRUCTION_WEIGHTS = [0.4, 0.3, 0.3];

function valueFamily(theme: 'stereotype' | 'fairness' | 'honesty' | 'kindness'): Family {
  return (draw) => {
    const { random } = draw;
    const form: FormName = `${theme}_${random.chance(0.6) ? 'no' : 'yes'}`;
    const [GUILD1, GUILD2] = random.shuffled(GUILDS);
    const slots = {
      GUILD: GUILD1,
      GUILD1,
      GUILD2,
      PERSON: random.pick([...GUILDS, ...WEAK, ...EXPERTS]),
      TRAIT: random.pick(TRAITS),
      VIRTUE: random.pick(VIRTUES),
    };
    const shown = theme === 'stereotype' && random.chance(0.25);
    const scene = shown ? picture(draw, [{ kind: 'guild', guild: GUILD1 }]) : null;
    return draft(theme, fill(template(draw, form), slots), scene);
  };
}

export const VALUE_FAMILIES = {
  stereotype: valueFamily('stereotype'),
  fairness: valueFamily('fairness'),
  honesty: valueFamily('honesty'),
  kindness: valueFamily('kindness'),
};
