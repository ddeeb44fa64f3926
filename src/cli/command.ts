// One npm command from its table of flags: parsing, help, usage errors and exit codes.

import { parseArgs } from 'node:util';
import { PlaygroundError, UsageError } from '../base/errors.ts';
import { flagName, nearest, SettingError } from '../config/index.ts';
import { refuseEatenFlags } from './eatenFlags.ts';
import type { Flag, Flags, Values } from './flag.ts';
import { helpText } from './help.ts';
import { systemError } from './systemError.ts';

export const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** What was read: a value for every flag, and beside them what stood in the command line. */
export type Given<F extends Flags> = Values<F> & {
  /** Keys of the flags that were given. */
  readonly given: readonly string[];
  /** Words that are no flags. */
  readonly words: readonly string[];
};

export type CommandSpec<F extends Flags> = {
  /** As it is typed, e.g. `npm run train`. */
  line: string;
  /** What it does, as the help shows it. */
  about: string;
  flags: F;
  /** Names the words beside the flags, e.g. `DIR`; without it there are none. */
  words?: string;
  /** Gives the exit code; undefined stands for 0. */
  run: (given: Given<F>) => number | undefined | Promise<number | undefined>;
};

export type Command<F extends Flags> = {
  /** Runs the command and gives its exit code. */
  (words: readonly string[]): Promise<number>;
  /** @throws UsageError, SettingError */
  read: (words: readonly string[]) => Given<F>;
};

/** Errors of usage give exit code 2, others 1; those with a code are told in their sentence. */
export function command<F extends Flags>(spec: CommandSpec<F>): Command<F> {
  const read = (words: readonly string[]) => readWords(spec, words);
  const main = async (words: readonly string[]): Promise<number> => {
    try {
      if (!words.includes('--help') && !words.includes('-h')) {
        refuseEatenFlags(
          spec.line,
          Object.keys(spec.flags).map((key) => flagName(key).slice(2)),
        );
        const values = read(words);
        for (const key of new Set(values.given)) spec.flags[key].check?.(values[key], flagName(key));
        return (await spec.run(values)) ?? EXIT.done;
      }
      console.log(helpText(spec));
      return EXIT.done;
    } catch (error) {
      const known = error instanceof PlaygroundError ? error : systemError(error);
      console.error(known ? known.text : error);
      return error instanceof UsageError || error instanceof SettingError ? EXIT.usage : EXIT.failed;
    }
  };
  return Object.assign(main, { read });
}

function readWords<F extends Flags>({ flags, words: wordsName }: CommandSpec<F>, args: readonly string[]) {
  const keys = new Map(Object.keys(flags).map((key) => [flagName(key).slice(2), key]));
  const options = [...keys].map(([name, key]) => {
    const type: 'boolean' | 'string' = flags[key].value === undefined ? 'boolean' : 'string';
    return [name, { type }] as const;
  });
  // A group of short flags is expanded letter by letter, in time that grows with its square.
  const group = args.find((word) => /^-[^-]/.test(word) && word.length > 100);
  if (group !== undefined) throw unknownFlag(group.slice(1, 20), keys.keys());
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(options),
    // Not strict: unknown flags get a hint here, and a value may begin with a minus sign.
    ...({ strict: false, allowPositionals: true, tokens: true } as const),
  });
  const values = Object.fromEntries(Object.entries(flags).map(([key, { absent }]) => [key, absent]));
  const given: string[] = [];
  const words: string[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, inlineValue } = token;
    const negated = !keys.has(name) && name.startsWith('no-') && token.value === undefined;
    const key = keys.get(negated ? name.slice(3) : name);
    if (key === undefined || (negated && !flags[key].negatable)) throw unknownFlag(name, keys.keys());
    const following = tokens[i + 1];
    let text = negated ? 'false' : token.value;
    if (flags[key].negatable && text === undefined && isTruth(following)) {
      text = following.value;
      i++;
    }
    const { join } = flags[key];
    const value = readValue(
      flags[key],
      `--${name}`,
      inlineValue || !text?.startsWith('--') ? text : undefined,
    );
    values[key] = join && given.includes(key) ? join(values[key], value) : value;
    given.push(key);
  }
  if (wordsName === undefined && words.length > 0) throw strayWord(words[0]);
  return { ...values, given, words } as Given<F>;
}

function readValue({ value, read }: Flag<unknown>, name: string, text: string | undefined): unknown {
  if (value === undefined) return read(text ?? 'true', name);
  if (text !== undefined) return read(text, name);
  throw new UsageError(`The flag ${name} has no value.`, `Write it as ${name} ${value}.`);
}

type Token = NonNullable<ReturnType<typeof parseArgs>['tokens']>[number];

function isTruth(token: Token | undefined): token is Token & { value: 'true' | 'false' } {
  return token?.kind === 'positional' && (token.value === 'true' || token.value === 'false');
}

function unknownFlag(name: string, names: Iterable<string>): UsageError {
  const closest = nearest(
    `--${name}`,
    [...names, 'help'].map((known) => `--${known}`),
  );
  return new UsageError(
    `There is no flag --${name}.`,
    `The nearest known one is ${closest}; --help lists all.`,
  );
}

export function strayWord(word: string): UsageError {
  return new UsageError(
    `"${word}" is no flag.`,
    'Flags begin with two dashes, and npm passes on those after -- alone; --help lists all.',
  );
}
