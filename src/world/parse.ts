// What a prompt asks, read from its words alone by the forms of all families: whatever the generator meant by them.

import { PlaygroundError } from '../base/errors.ts';
import type { Label } from '../terms/labels.ts';
import type { Task } from './families/family.ts';
import { TASK_FAMILIES } from './families/table.ts';
import { Grammar } from './grammar.ts';
import { WORD_CLASSES } from './lexicon.ts';
import { wordOf } from './vocabulary.ts';

/** The forms of all families, by name. */
export const FORMS = TASK_FAMILIES.flatMap(({ forms = {} }) => Object.entries(forms));

const grammar = new Grammar(WORD_CLASSES, {
  ...Object.fromEntries(TASK_FAMILIES.flatMap(({ parts = {} }) => Object.entries(parts))),
  ...Object.fromEntries(FORMS.map(([name, { seen, test }]) => [name, [...seen, ...test]])),
});

/** Every pattern of every form as a sentence, its slots filled; with the label of its family. */
export function sentenceForms(): { form: string; label: Label; sentences: string[] }[] {
  return TASK_FAMILIES.flatMap(({ forms = {}, label }) =>
    Object.entries(forms).map(([form, { seen, test }]) => ({
      form,
      label,
      sentences: [...new Set([...seen, ...test].map((template) => grammar.example(template)))],
    })),
  );
}

/** Forms by the words that can begin their prompts, in the order of the table. */
const formsByWord = new Map<string, (typeof FORMS)[number][]>();
for (const form of FORMS) {
  for (const word of grammar.firstWords(form[0])) {
    const forms = formsByWord.get(word) ?? [];
    formsByWord.set(word, [...forms, form]);
  }
}

/** What each form that fits makes of a prompt; a second one would be an ambiguous grammar (a test holds that). */
export function* tasksOf(tokens: readonly number[]): Generator<Task> {
  const words = tokens.map(wordOf);
  for (const [name, { read }] of formsByWord.get(words[0]) ?? []) {
    const phrase = grammar.match(name, words);
    if (phrase) yield read(phrase);
  }
}

/** Prompts that were read: each is asked about by its generator and by the oracle for every response. */
const known = new WeakMap<readonly number[], Task>();

/** What a prompt asks. @throws PlaygroundError where no template fits */
export function parsePrompt(tokens: readonly number[]): Task {
  const read = known.get(tokens);
  if (read) return read;
  for (const task of tasksOf(tokens)) {
    known.set(tokens, task);
    return task;
  }
  throw new PlaygroundError(
    'bad-setting',
    'The oracle reads no question or request in these words, so nothing could be judged.',
    'Load an example and change words of it.',
    { about: 'words' },
  );
}
