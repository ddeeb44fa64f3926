// The page's look comes from the tokens of base.css: no sizes of type, spaces, corners or colours of a view's own.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const FOLDER = 'src/ui';

/** What a declaration may not hold outside of the tokens. */
const STRAY = [
  /^font-size: (?!var\(--|inherit)/,
  /^(gap|row-gap|column-gap|padding|margin)[a-z-]*: [^;]*(?<![\w.-])(\d*\.)?\d+(rem|em|px)/,
  /^border(-[a-z]+)*-radius: (?!var\(--|0;)/,
  /(#[0-9a-f]{3,8}\b|\b(rgb|hsl|oklch)a?\()/i,
];

const sheets = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.css'),
);

test.each(sheets)('%s takes its sizes and colours from the tokens', (name) => {
  const lines = readFileSync(join(FOLDER, name), 'utf8')
    .split('\n')
    .map((line) => line.trim());
  const stray = lines.filter((line) => !line.startsWith('--') && STRAY.some((pattern) => pattern.test(line)));
  expect(stray).toEqual([]);
});
