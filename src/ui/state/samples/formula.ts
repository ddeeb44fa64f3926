// A loss's formula as it is shown: in symbols, and with one token's numbers in their place.

import { formatNumber } from '../../../base/format.ts';

const FUNCTIONS = ['min', 'max', 'clip', 'exp', 'log', 'sigmoid', 'tanh'];
const NAMES: { readonly [symbol: string]: string } = {
  alpha: 'α',
  beta: 'β',
  logp: 'log p',
  old: 'log p_old',
  ref: 'log p_ref',
};

/** How a symbol is written. */
export function symbolText(symbol: string): string {
  return NAMES[symbol] ?? symbol;
}

/** `-min(r * A, clip(r, low, high) * A)` as `−min(r · A, clip(r, low, high) · A)`. */
export function formulaText(formula: string): string {
  return typeset(formula, symbolText);
}

/** The same with numbers, negative ones in brackets behind an operator: `−min(1.1 · 0.5, clip(1.1, 0.8, 1.2) · 0.5)`. */
export function filledFormula(formula: string, values: { readonly [symbol: string]: number }): string {
  return typeset(formula, (symbol, before) => {
    const value = values[symbol];
    if (value === undefined) return symbolText(symbol);
    const text = formatNumber(value);
    return value < 0 && /[-+*/]\s*$/.test(before) ? `(${text})` : text;
  });
}

/** The symbols that formulas use, in the order in which they come. */
export function symbolsOf(formulas: readonly (string | null)[]): string[] {
  const words = formulas.flatMap((formula) => formula?.match(/[a-zA-Z]+/g) ?? []);
  return [...new Set(words)].filter((word) => !FUNCTIONS.includes(word));
}

function typeset(formula: string, write: (symbol: string, before: string) => string): string {
  const operators = (text: string) => text.replaceAll('*', '·').replaceAll('-', '−');
  let done = 0;
  let text = '';
  for (const { 0: word, index } of formula.matchAll(/[a-zA-Z]+/g)) {
    text += operators(formula.slice(done, index));
    text += FUNCTIONS.includes(word) ? word : write(word, formula.slice(0, index));
    done = index + word.length;
  }
  return text + operators(formula.slice(done));
}
