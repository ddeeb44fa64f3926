// The help text of a command, laid out for a terminal of 100 columns.

import { flagName } from '../config/index.ts';
import type { Flag, Flags } from './flag.ts';

const WIDTH = 100;
/** Column at which the sentences about flags begin. */
const INDENT = 20;

type HelpSource = { line: string; about: string; flags: Flags; words?: string };

export function helpText({ line, about, flags, words }: HelpSource): string {
  const listed = Object.entries(flags).filter(([, { unlisted }]) => !unlisted);
  return [
    `Usage: ${line} -- [flags]${words === undefined ? '' : ` ${words}`}`,
    '',
    about,
    '',
    ...listed.map(([key, { value, ...flag }]) =>
      helpEntry(`${flagName(key)}${value === undefined ? '' : ` ${value}`}`, flag.help + defaultText(flag)),
    ),
    helpEntry('--help', 'Prints this text, and ends.'),
  ].join('\n');
}

function defaultText({ absent }: Pick<Flag<unknown>, 'absent'>): string {
  const shown = typeof absent === 'number' || (typeof absent === 'string' && absent !== '');
  return shown ? ` Default: ${absent}.` : '';
}

/** A flag and its sentences beside it, or below it where it is long. */
export function helpEntry(head: string, text: string): string {
  const body = wrapped(text, INDENT);
  return head.length + 4 > INDENT ? `  ${head}\n${body}` : `  ${head}`.padEnd(INDENT) + body.slice(INDENT);
}

/** Lines that begin after `indent` spaces. */
export function wrapped(text: string, indent = 0): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines[lines.length - 1];
    const longer = line === '' ? word : `${line} ${word}`;
    if (line === '' || indent + longer.length <= WIDTH) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.map((line) => ' '.repeat(indent) + line).join('\n');
}
