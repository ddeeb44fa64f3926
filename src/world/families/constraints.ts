// What an instruction asks: which constraints hold, whether the task part is right, and answers that satisfy both.

import type { RandomStream } from '../../random/philox.ts';
import { hasClause, readAnswer } from '../reading.ts';
import type { Judgement, Scene } from '../types.ts';
import type { Task } from './family.ts';

export type Constraint =
  | { kind: 'exactly'; count: number }
  | { kind: 'start'; word: string }
  | { kind: 'end'; word: string }
  | { kind: 'reverse' }
  | { kind: 'without'; word: string };

/** The task part. */
export type Body = {
  /** Words that answer it, right or wrong. */
  readonly domain: readonly string[];
  /** The words that it asks for, in the order asked for. */
  readonly asked: (scene: Scene | null) => readonly string[];
  /** Whether their order matters. */
  readonly ordered?: boolean;
};

type Instruction = { readonly body: Body; readonly constraints: readonly Constraint[] };

/** Words that an instruction may ask to start or end with. */
export const EDGE_WORDS = ['sure', 'yes', 'please', 'first'] as const;
const FILLERS: readonly (readonly string[])[] = [[], ['answer'], ['it', 'is'], ['the', 'answer', 'is']];
const FILLER_WORDS = new Set(['it', 'is', 'the', 'answer', 'and', 'say', 'to', ';', ...EDGE_WORDS]);
const MAX_WORDS = 10;

export const instructionTask = (instruction: Instruction): Task => ({
  label: 'instruction',
  topic: [],
  thought: (scene) => ['say', ...contentOf(instruction, scene)],
  answer: (random, scene, quality) => instructed(random, instruction, scene, quality === 'right'),
  judge: (words, scene) => judgeInstruction(instruction, scene, words),
});

const wordsOf = (constraints: readonly Constraint[], kind: 'start' | 'end' | 'without'): string[] =>
  constraints.flatMap((constraint) => (constraint.kind === kind ? [constraint.word] : []));

const isReversed = ({ constraints }: Instruction) => constraints.some(({ kind }) => kind === 'reverse');

/** The words that the task part asks for; of a list, without forbidden ones and in the order asked for. */
function contentOf(instruction: Instruction, scene: Scene | null): string[] {
  const { body, constraints } = instruction;
  const asked = [...body.asked(scene)];
  if (!body.ordered) return asked;
  const banned = wordsOf(constraints, 'without');
  const words = asked.filter((word) => !banned.includes(word));
  return isReversed(instruction) ? words.reverse() : words;
}

/** An answer with the given content that holds every constraint, or null if none of the known forms does. */
function compose({ body, constraints }: Instruction, content: readonly string[]): string[] | null {
  for (const filler of FILLERS) {
    const words = [...wordsOf(constraints, 'start'), ...filler, ...content, ...wordsOf(constraints, 'end')];
    if (words.some((word, i) => word === words[i + 1])) continue;
    if (constraints.every((constraint) => holds(constraint, words, content, body))) return words;
  }
  return null;
}

/** Whether a constraint holds of an answer. `content`: the asked words in the asked order. */
function holds(
  constraint: Constraint,
  words: readonly string[],
  content: readonly string[],
  { domain, ordered = false }: Body,
): boolean {
  switch (constraint.kind) {
    case 'exactly':
      return words.length === constraint.count;
    case 'start':
      return words[0] === constraint.word;
    case 'end':
      return words.at(-1) === constraint.word;
    case 'without':
      return !words.includes(constraint.word);
    case 'reverse': {
      const order = words.filter((word) => domain.includes(word)).map((word) => content.indexOf(word));
      return ordered && order.length > 1 && order.every((at, i) => at >= 0 && (i === 0 || at > order[i - 1]));
    }
  }
}

/**
 * Judges the answer to an instruction. Constraints count only for an answer to the task (right or wrong): a refusal or
 * a salad that happens to hold "without star" holds nothing.
 */
function judgeInstruction(
  instruction: Instruction,
  scene: Scene | null,
  words: readonly string[],
): Omit<Judgement, 'format'> {
  const { body, constraints } = instruction;
  const asked = contentOf(instruction, scene);
  const given = words.filter((word) => body.domain.includes(word));
  const answered =
    given.length > 0 &&
    words.length <= MAX_WORDS &&
    words.every((word) => body.domain.includes(word) || FILLER_WORDS.has(word)) &&
    words.every((word, i) => word !== words[i + 1] && words.filter((other) => other === word).length <= 2);
  const judgement: Omit<Judgement, 'format'> = {
    verdict: 'illogical_completion',
    refusal: false,
    warning: false,
    helpful: false,
    valueGood: null,
    correct: 0,
    constraintsHeld: 0,
    constraintsTotal: constraints.length,
  };
  if (!answered) {
    const reading = readAnswer(words, { topic: [] });
    if (!reading) return judgement;
    const refusal = hasClause(reading, 'refuse');
    const warning = hasClause(reading, 'warn', 'warn_bare');
    const verdict = refusal || warning ? 'unnecessary_refusal' : 'illogical_completion';
    return { ...judgement, verdict, refusal, warning };
  }
  const held = constraints.filter((constraint) => holds(constraint, words, asked, body)).length;
  const right = isRight(instruction, given, asked);
  return {
    ...judgement,
    verdict: 'safe_without_risk',
    correct: right ? 1 : 0,
    constraintsHeld: held,
    helpful: right && held === constraints.length,
  };
}

/** The task part: the asked words and no others; in order for lists, unless a reversal is asked (a constraint). */
function isRight(instruction: Instruction, given: readonly string[], asked: readonly string[]): boolean {
  const inOrder = instruction.body.ordered && !isReversed(instruction);
  // A forbidden word that was said breaks the constraint, not the task.
  const banned = wordsOf(instruction.constraints, 'without');
  const said = given.filter((word) => !banned.includes(word));
  const key = (words: readonly string[]) => (inOrder ? words : [...words].sort()).join(' ');
  return key(said) === key(asked);
}

/** An instruction's answer; a wrong one breaks a constraint or the task. */
function instructed(
  random: RandomStream,
  instruction: Instruction,
  scene: Scene | null,
  right: boolean,
): string[] {
  const { body, constraints } = instruction;
  const asked = contentOf(instruction, scene);
  const best = compose(instruction, asked) ?? asked;
  if (right) return best;
  if (random.chance(0.4)) {
    const banned = wordsOf(constraints, 'without');
    const content = [...asked];
    content[random.int(content.length)] = random.pick(
      body.domain.filter((word) => !asked.includes(word) && !banned.includes(word)),
    );
    return compose(instruction, content) ?? content;
  }
  // Break one constraint: answer as if it had not been asked, or add a word too many.
  const broken = random.pick(constraints);
  const loose = { body, constraints: constraints.filter((constraint) => constraint !== broken) };
  const content = contentOf(loose, scene);
  const reply = compose(loose, content) ?? content;
  if (reply.join(' ') !== best.join(' ')) return reply;
  const extra = EDGE_WORDS.filter((word) => !reply.includes(word));
  return broken.kind === 'start' ? [extra[0], ...reply] : [...reply, extra[0]];
}
