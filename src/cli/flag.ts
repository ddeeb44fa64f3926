// Flags of a command as rows of a table: what stands in the help, the value where absent, how the text is read.

import { UsageError } from '../base/errors.ts';
import { typedPath } from './typedPath.ts';

export type Flag<T> = {
  /** Name of the value in the help; absent for a switch. */
  value?: string;
  help: string;
  /** What is read where the flag is not given; the help shows it where it is a number or a text. */
  absent: T;
  /** @param name the flag with its dashes. @throws UsageError, SettingError */
  read: (text: string, name: string) => T;
  /** Looks at the machine before the command runs, where the flag is given. @throws UsageError */
  check?(value: T, name: string): void;
  /** Of a flag that may be given several times: both values as one. */
  join?(before: T, after: T): T;
  /** A switch that also takes `true`, `false` and the form `--no-NAME`. */
  negatable?: boolean;
  /** Left out of the help of a command, which then names another list. */
  unlisted?: boolean;
};

/** By key: `reportOnly` and `report_only` are both `--report-only`. */
export type Flags = { readonly [key: string]: Flag<unknown> };

export type Values<F extends Flags> = {
  readonly [key in keyof F]: F[key] extends Flag<infer T> ? T : never;
};

export function switchFlag(help: string): Flag<boolean> {
  const read = (text: string, name: string) => {
    if (text === 'true') return true;
    throw new UsageError(`${name} takes no value.`, `Write ${name} alone, or leave it out.`);
  };
  return { help, absent: false, read };
}

export function textFlag<A extends string | null = null>(
  value: string,
  help: string,
  absent: A = null as A,
): Flag<A | string> {
  return { value, help, absent, read: (text) => text };
}

/** A file or folder; relative paths count from where the command was typed. */
export function pathFlag<A extends string | null = null>(
  value: string,
  help: string,
  absent: A = null as A,
): Flag<A | string> {
  const read = (text: string, name: string) => {
    if (text.trim() !== '') return typedPath(text);
    throw new UsageError(`${name} is empty.`, `Write it as ${name} ${value}.`);
  };
  return { value, help, absent, read };
}

/** `parse` gives undefined for a text that it does not accept; `hint` says what it does accept. */
export function parsedFlag<T, A = T>(
  value: string,
  help: string,
  absent: A,
  parse: (text: string) => T | undefined,
  hint: string,
): Flag<A | T> {
  const read = (text: string, name: string) => {
    const parsed = parse(text);
    if (parsed !== undefined) return parsed;
    throw new UsageError(`${name} is "${text}".`, hint);
  };
  return { value, help, absent, read };
}

export function choiceFlag<T extends string, A extends T | null = T>(
  choices: readonly T[],
  help: string,
  absent: A,
): Flag<A | T> {
  const parse = (text: string) => choices.find((choice) => choice === text);
  return parsedFlag(choices.join('|'), help, absent, parse, `Choose one of: ${choices.join(', ')}.`);
}

/** A whole number from 1 to `most`. */
export function countFlag<A extends number | null>(help: string, absent: A, most = 999): Flag<A | number> {
  const parse = (text: string) => {
    const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    return count >= 1 && count <= most ? count : undefined;
  };
  return parsedFlag('N', help, absent, parse, `Give a whole number from 1 to ${most}.`);
}

/** Words with commas between them. */
export function listFlag(value: string, help: string): Flag<string[] | null> {
  return { value, help, absent: null, read: words };
}

/** Some of the known words, in their own order. `families` are words that stand for several of them. */
export function someFlag<T extends string>(
  known: readonly T[],
  help: string,
  families: ReadonlyMap<string, readonly string[]> = new Map(),
): Flag<T[] | null> {
  const read = (text: string, name: string) => {
    const wanted = words(text).flatMap((word) => families.get(word) ?? [word]);
    const stray = wanted.find((word) => !known.some((each) => each === word));
    if (stray === undefined) return known.filter((word) => wanted.includes(word));
    throw new UsageError(`${name} ${text}: "${stray}" is none of ${known.join(', ')}.`, 'See --help.');
  };
  return { value: 'A,B', help: `${help} Out of: ${known.join(', ')}.`, absent: null, read };
}

const words = (text: string) => text.split(',').map((word) => word.trim());
