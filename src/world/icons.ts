// How each object looks: shapes as inequalities, digits and pictograms as small bitmaps, words as dot patterns.

import { atan2, cos, hypot, sin } from '../base/exactMath.ts';
import { hashName } from '../random/philox.ts';
import { GLYPH_WORDS } from './lexicon.ts';
import type { Cell } from './types.ts';

type Rgb = readonly [number, number, number];

const COLOR_RGB: Readonly<Record<string, Rgb>> = {
  red: [0.92, 0.15, 0.14],
  green: [0.1, 0.72, 0.2],
  blue: [0.15, 0.32, 0.98],
  yellow: [0.98, 0.88, 0.12],
  purple: [0.68, 0.18, 0.84],
  white: [0.97, 0.97, 0.97],
};

/** The palette of pictograms; none of the guilds' tones is a colour word, so a picture gives no fact away. */
const PALETTE: Readonly<Record<string, Rgb>> = {
  o: [1, 0.55, 0.05],
  y: [1, 0.86, 0.25],
  r: [0.86, 0.2, 0.05],
  w: [0.93, 0.92, 0.84],
  k: [0.05, 0.05, 0.06],
  s: [0.66, 0.75, 0.8],
  b: [0.45, 0.27, 0.12],
  e: [0.35, 0.95, 1],
  f: [0.93, 0.74, 0.58],
  A: [1, 0.5, 0.42],
  B: [0.1, 0.72, 0.7],
  C: [0.62, 0.64, 0.3],
  D: [0.72, 0.45, 0.24],
  E: [1, 0.62, 0.8],
  F: [0.5, 0.56, 0.66],
};

/** Pictograms of 10 x 10 dots by name, drawn side by side: the first line of a sheet has their names. */
const PICTOGRAMS: Readonly<Record<string, readonly string[]>> = {
  ...sheet([
    'flame      skull      blade      bolt',
    '....o..... ..wwwwww.. ........ss ....eeee..',
    '....oo.... .wwwwwwww. .......sss ...eeee...',
    '...ooo.o.. wwwwwwwwww ......sss. ...eee....',
    '.o.ooooo.. wkkkwwkkkw .....sss.. ..eeee....',
    '.ooooyooo. wkkkwwkkkw ....sss... ..eeeeeee.',
    '.oooyyooo. wwwwkkwwww b..sss.... .....eee..',
    'ooyyyyyooo .wwwkkwww. bbsss..... ....eee...',
    'ooyywyyyoo ..wwwwww.. .bbs...... ....ee....',
    '.oyywwyyo. ..wkwwkw.. bbbbb..... ...ee.....',
    '..oyyyyo.. ..wkwwkw.. bb..bb.... ...e......',
  ]),
  ...sheet([
    'mira       tolk       vann       orro       kesh       lumi',
    '....AA.... ..BBBBBB.. C...CC...C ...DDDD... .......EE. ..........',
    '...AAAA... ..BBBBBB.. CC.CCCC.CC ..DDDDDD.. ......EEE. .FFFFFFFF.',
    '..AAAAAA.. ..BBBBBB.. CCCCCCCCCC .DDffffDD. ...ffffE.. FFFFFFFFFF',
    '.AAAAAAAA. BBBBBBBBBB ..ffffff.. .DffffffD. ..ffffff.. FFffffffFF',
    '...ffff... ...ffff... ..fkffkf.. .DffffffD. ..ffffff.. FFkkffkkFF',
    '...ffff... ...ffff... ..ffffff.. .DDffffDD. ...ffff... FFffffffFF',
    '....ff.... ....ff.... ....ff.... .DDDffDDD. ....ff.... FF.ffff.FF',
    '.AAAAAAAA. ..BBBBBB.. CCCCCCCCCC DDDDDDDDDD EE..EE..EE ....ff....',
    'AAAAAAAAAA ..BBkkBB.. ..CCCCCC.. DDDDDDDDDD EEEEEEEEEE ...FFFF...',
    'AAAAAAAAAA ..BBkkBB.. ..CCCCCC.. DDDDDDDDDD EE..EE..EE ..FFFFFF..',
  ]),
};

function sheet([names, ...rows]: readonly string[]): Record<string, readonly string[]> {
  const pick = (column: number) => rows.map((row) => row.split(' ')[column]);
  return Object.fromEntries(names.split(/ +/).map((name, column) => [name, pick(column)]));
}

/** Digits of 3 x 5 dots. */
const DIGIT_DOTS = sheet([
  '0   1   2   3   4   5   6   7   8   9',
  '111 010 111 111 101 111 111 111 111 111',
  '101 110 001 001 101 100 100 001 101 101',
  '101 010 111 011 111 111 111 010 111 111',
  '101 010 100 001 001 001 101 010 101 001',
  '111 111 111 111 001 111 111 010 111 111',
]);

const WORD_INK: Rgb = [0.96, 0.92, 0.7];
const WORD_PAPER: Rgb = [0.16, 0.22, 0.42];
const WORD_DOTS = 4;

/** 16-bit patterns, any two at least 6 dots apart and each 6 to 10 dots full; a hash proposes, the distance disposes. */
export const WORD_PATTERNS: ReadonlyMap<string, number> = patterns();

function patterns(): Map<string, number> {
  const chosen = new Map<string, number>();
  const dots = (bits: number) => bits.toString(2).replaceAll('0', '').length;
  for (const word of GLYPH_WORDS) {
    for (let salt = 0; !chosen.has(word); salt++) {
      const bits = (hashName(`${word}#${salt}`) >>> 8) & 0xffff;
      const apart = [...chosen.values()].every((other) => dots(bits ^ other) >= 6);
      if (apart && dots(bits) >= 6 && dots(bits) <= 10) chosen.set(word, bits);
    }
  }
  return chosen;
}

/** The colour of an object at (x, y) in the unit square, y downwards; undefined where it has none. */
export function paintAt(cell: Cell, x: number, y: number): Rgb | undefined {
  switch (cell.kind) {
    case 'shape':
      return INSIDE[cell.shape](2 * x - 1, 2 * y - 1) ? COLOR_RGB[cell.color] : undefined;
    case 'digit':
      return isDigitDot(cell.digit, x, y) ? COLOR_RGB[cell.color] : undefined;
    case 'hazard':
      return bitmapPaint(PICTOGRAMS[cell.hazard], x, y);
    case 'guild':
      return bitmapPaint(PICTOGRAMS[cell.guild], x, y);
    case 'word':
      return wordPaint(WORD_PATTERNS.get(cell.word) ?? 0, x, y);
  }
}

/** Whether (x, y), both in -1..1, lies inside a shape. */
const INSIDE: Readonly<Record<string, (x: number, y: number) => boolean>> = {
  circle: (x, y) => hypot(x, y) < 0.88,
  ring: (x, y) => hypot(x, y) < 0.98 && hypot(x, y) > 0.52,
  square: (x, y) => Math.max(Math.abs(x), Math.abs(y)) < 0.82,
  triangle: (x, y) => y < 0.84 && y > 2.05 * Math.abs(x) - 1.02,
  cross: (x, y) => Math.min(Math.abs(x), Math.abs(y)) < 0.27 && hypot(x, y) < 1,
  star: (x, y) => insideStar(x, y + 0.06, hypot(x, y)),
};

/** A five-pointed star: between two tips the outline runs straight to the inner corner. */
function insideStar(x: number, y: number, radius: number): boolean {
  const sector = (2 * Math.PI) / 5;
  let angle = (atan2(x, -y) + 2 * Math.PI) % sector;
  if (angle > sector / 2) angle = sector - angle;
  const [tip, inner] = [1.08, 0.42];
  const cornerX = inner * cos(sector / 2);
  const cornerY = inner * sin(sector / 2);
  const [px, py] = [radius * cos(angle), radius * sin(angle)];
  return (tip - px) * cornerY - (tip - cornerX) * py > 0;
}

function isDigitDot(digit: number, x: number, y: number): boolean {
  const column = Math.floor((x - 0.14) / 0.24);
  const row = Math.floor(y * 5);
  return DIGIT_DOTS[digit][row][column] === '1';
}

function bitmapPaint(rows: readonly string[], x: number, y: number): Rgb | undefined {
  return PALETTE[rows[Math.floor(y * 10)][Math.floor(x * 10)]];
}

/** A sheet with a frame and 4 x 4 dots. */
function wordPaint(bits: number, x: number, y: number): Rgb {
  const margin = 0.1;
  if (Math.min(x, y, 1 - x, 1 - y) < margin) return WORD_INK;
  const column = Math.floor(((x - margin) / (1 - 2 * margin)) * WORD_DOTS);
  const row = Math.floor(((y - margin) / (1 - 2 * margin)) * WORD_DOTS);
  return (bits >>> (row * WORD_DOTS + column)) & 1 ? WORD_INK : WORD_PAPER;
}
