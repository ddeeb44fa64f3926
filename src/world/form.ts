// A form of prompts: the templates that ask one thing, by the splits that may use them.

import { expand } from './grammar.ts';

/** `seen` templates serve every split, `test` ones only the split `test`. */
export type Form = { readonly seen: readonly string[]; readonly test: readonly string[] };

/** A form from source lines with `(a|b|)` alternatives. */
export const form = (seen: readonly string[], test: readonly string[]): Form => ({
  seen: expand(seen),
  test: expand(test),
});

/** All forms of prompts by name. The name tells the parser what the prompt asks. */
