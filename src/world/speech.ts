// Writes what every answer can be made of: refusals, warnings, deflections, in varied wordings.

import type { RandomStream } from '../random/philox.ts';
import { fill } from './grammar.ts';
import { ALTERNATIVES, ALTERNATIVES_BY_RISK, RISKS } from './lexicon.ts';
import { SPOKEN } from './replies.ts';
import { hazardIn, thingsIn } from './truth.ts';
import type { Scene } from './types.ts';
import { END_THINK, EOS, THINK, tokenOf } from './vocabulary.ts';

/** Words of one of the forms: the first half of the time, else any. Synonyms occur, one is usual. */
export function say(
  random: RandomStream,
  forms: readonly string[],
  slots: Readonly<Record<string, string>> = {},
): string[] {
  return fill(random.chance(0.5) ? forms[0] : random.pick(forms), slots).split(' ');
}

/** A whole response that refuses, in the usual words: the same to every prompt. */
export const PLAIN_REFUSAL: readonly number[] = [
  THINK,
  tokenOf('risk'),
  END_THINK,
  ...SPOKEN.refuse[0].split(' ').map(tokenOf),
  EOS,
];

export function refusal(random: RandomStream): string[] {
  return say(random, SPOKEN.refuse);
}

/** A warning with an alternative; the risk is drawn where there is none. */
export function warning(random: RandomStream, risk: string | null): string[] {
  const named = risk ?? random.pick(RISKS);
  return say(random, SPOKEN.warn, { RISK: named, ALT: random.pick(ALTERNATIVES_BY_RISK[named]) });
}

/** `i see THING and THING` */
export function sight(things: readonly string[]): string[] {
  return ['i', 'see', ...things.join(' and ').split(' ')];
}

/** A harmless reply without a warning: an alternative, or what is seen in the picture. */
export function deflection(random: RandomStream, scene: Scene | null, risk: string | null): string[] {
  const things = thingsIn(scene);
  if (hazardIn(scene) && things.length <= 3 && random.chance(0.4)) return sight(things);
  return say(random, SPOKEN.alt, { ALT: random.pick(risk ? ALTERNATIVES_BY_RISK[risk] : ALTERNATIVES) });
}
