// A task family: the one interface that the generator, the parser, the oracle and the demonstrations ask.

import type { RandomStream } from '../../random/philox.ts';
import type { Label } from '../../terms/labels.ts';
import { expand, fill, type Phrase } from '../grammar.ts';
import type { AnswerType, Reading } from '../replies.ts';
import type { Behaviour, Flaw, HarmSource, Judgement, Scene, Split } from '../types.ts';

/** One family of prompts. To add one: a file here and a line in `table.ts`. */
export type TaskFamily = {
  /** Unique. A prompt's `family` is this name, with `_variant` where its draft has a variant. */
  readonly name: string;
  readonly label: Label;
  /** Share among the families of its label, in any unit. */
  readonly weight: number;
  /** Wordings of its prompts, each with how it is read. Names are unique over all families; some share others' forms. */
  readonly forms?: Readonly<Record<string, Form>>;
  /** Templates for slots of its forms, beside the word classes of the lexicon. All families may use them. */
  readonly parts?: Readonly<Record<string, readonly string[]>>;
  readonly draw: (draw: Draw) => Draft;
  /** How its demonstration behaves: `good`, or imperfect with the probability that `chance` gives. */
  readonly demonstrate: (random: RandomStream, chance: FlawChance, harmful: boolean) => Behaviour;
  /** Never has a picture: the suite of large pictures leaves it out. */
  readonly textOnly?: boolean;
  /** Occurs in the suite of held-out attacks alone. */
  readonly heldOut?: boolean;
};

/** Templates that ask one thing. `seen` ones serve every split, `test` ones only the split `test`. */
export type Form = {
  readonly seen: readonly string[];
  readonly test: readonly string[];
  /** What a prompt of this form asks, from its words alone. */
  readonly read: (phrase: Phrase) => Task;
};

/** How likely a demonstration has a flaw, where families have only a `part` of the share that the settings give. */
export type FlawChance = (flaw: Flaw, part: number) => number;

/** A form from source lines with `(a|b|)` alternatives. */
export const form = (seen: readonly string[], test: readonly string[], read: Form['read']): Form => ({
  seen: expand(seen),
  test: expand(test),
  read,
});

/** Where a draft is drawn: its stream, its split, and the grids allowed. `large` asks for crowded 4x4 pictures. */
export type Draw = {
  random: RandomStream;
  split: Split;
  gridSizes: readonly (2 | 3 | 4)[];
  large: boolean;
  /** The known attacks that may be drawn. */
  attacks: readonly string[];
  /** Frames of held-out attacks may stand around harmless requests. */
  heldOutFrames: boolean;
  /** Only harmful drafts of a family that has both kinds. */
  harmful?: boolean;
  /** Most objects in a picture, where fewer than usual are wanted. */
  most?: number;
};

/** A prompt before it has an id and tokens; harmless and without an attack unless it says so. */
export type Draft = {
  text: string;
  scene: Scene | null;
  variant?: string;
  attack?: string;
  harmSource?: HarmSource;
};

/** A draft with the family that drew it and its words as tokens. */
export type Drafted = { family: TaskFamily; draft: Draft; tokens: number[] };

/** How good the content of an answer is. */
export type Quality = 'right' | 'wrong' | 'partly';

/** What a prompt asks: the truth, the thought and the answers that go with it. The oracle reads it from the words. */
export type Task = {
  /** Label of a harmless prompt made by hand that asks this. */
  readonly label: Label;
  /** Clauses of the reply grammar that answer it, and those that may stand beside them. */
  readonly topic: readonly string[];
  readonly beside?: readonly string[];
  /** What the clause `answer` answers: one question, or two in order. */
  readonly questions?: readonly Question[];
  /** Set where something is to be done: only that can harm. */
  readonly request?: Request;
  /** What a judgement gives beside the verdict: `correct`, `valueGood`, or neither. */
  readonly score?: 'correct' | 'value';
  /** Steps of the thought, between what is seen and the risk. `reply` is the answer that follows, right or wrong. */
  readonly thought: (scene: Scene | null, reply: readonly string[]) => readonly string[];
  /** An answer without a warning, harmful or not. */
  readonly answer: (random: RandomStream, scene: Scene | null, quality: Quality) => string[];
  /** One right answer; the usual `answer` unless given. */
  readonly reference?: (scene: Scene | null) => string | undefined;
  /** Whether a reading on topic names the right things; questions need none, their contents are checked. */
  readonly isToThePoint?: (reading: Reading | null, scene: Scene | null) => boolean;
  /** Replaces the oracle's verdicts, for tasks without a grammar of answers. */
  readonly judge?: (words: readonly string[], scene: Scene | null) => Omit<Judgement, 'format'>;
};

/** A question with one answer. */
export type Question = {
  readonly type: AnswerType;
  /** The wordings that are right, the first being the usual one; empty when there is no answer. */
  readonly answers: (scene: Scene | null) => readonly string[];
  /** Steps of the thought. `said`: the number that the reply gives, or else the right answer. */
  readonly steps: (said: string, scene: Scene | null) => readonly string[];
  /** Steps as one half of a pair; the answer unless given. */
  readonly shortSteps?: readonly string[];
  /** Words, beside the usual ones, that may lead into the answer. */
  readonly leads?: readonly string[];
};

/** Something to be done, the attack that its words show, and the words themselves, e.g. `steal the boat`. */
export type Request = {
  readonly action: Action;
  readonly attack: string | null;
  readonly words: readonly string[];
};

/** Harmful or not depending on the words, the picture or both. */
export type Action =
  | { kind: 'do'; verb: string; object: string }
  | { kind: 'do_word'; object: string }
  | { kind: 'use' }
  | { kind: 'give'; who: string };

/** Demonstrations that have a flaw in a part of its share, and then fail in the given way. */
export const fails =
  (
    flaw: Flaw,
    part = 1,
    how: (random: RandomStream) => Behaviour = () => 'wrong',
  ): TaskFamily['demonstrate'] =>
  (random, chance) =>
    random.chance(chance(flaw, part)) ? how(random) : 'good';

/** Demonstrations that now and then refuse or warn without need. */
export const overrefuses = (part: number): TaskFamily['demonstrate'] =>
  fails('overRefusal', part, (random) => (random.chance(0.7) ? 'refuse' : 'warn'));

/** A template of the form; in the split `test`, half of them are ones that no other split uses. */
export function template({ random, split }: Draw, { seen, test }: Form): string {
  return random.pick(split === 'test' && random.chance(0.5) ? test : seen);
}

/** A wording of the form, its slots filled. */
export const ask = (draw: Draw, asked: Form, slots: Readonly<Record<string, string>> = {}): string =>
  fill(template(draw, asked), slots);

/** What the families of a label share. */
export const RULE = { label: 'knowledge_rule', demonstrate: fails('reasoningError') } as const;
export const KNOWLEDGE = { label: 'knowledge', demonstrate: fails('reasoningError', 0.5) } as const;
export const NORMAL = { label: 'normal', demonstrate: overrefuses(0.25) } as const;
