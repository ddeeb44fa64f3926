// How likely a demonstration is to have a flaw: by the kind of its prompt, with noise on top.
//
// Noise alone is invisible to a greedy policy: it does what most demonstrations do. A flaw that whole kinds of prompts have (an attack,
// a verb, a hazard, a recipient, a constraint) is learnt as a rule, sampled and greedy alike.

import { RandomStream } from '../random/philox.ts';
import { attacksIn, SEEN_ATTACKS } from './attacks.ts';
import type { FlawChance, Task } from './families/family.ts';
import {
  BENIGN_VERBS,
  COLORS,
  EXPERTS,
  GLYPH_WORDS,
  GUILDS,
  HARM_VERBS,
  HAZARDS,
  IDIOMS,
  NUMBERS,
  SHAPES,
  WEAK,
} from './lexicon.ts';
import { deedOf } from './requests.ts';
import { glyphIn, guildIn, hazardIn, objectsOf } from './truth.ts';
import type { Flaw, Imperfection, Prompt } from './types.ts';
import { wordOf } from './vocabulary.ts';

const pairs = (words: readonly string[], others: readonly string[]) =>
  words.flatMap((word) => others.map((other) => `${word} ${other}`));

/** Kinds of prompts in groups of like ones. */
const KINDS = {
  attack: SEEN_ATTACKS,
  harm: Object.keys(HARM_VERBS),
  idiom: IDIOMS.map(({ verb, object }) => `${verb} ${object}`),
  deed: Object.keys(BENIGN_VERBS),
  gift: pairs(HAZARDS, WEAK),
  handover: pairs(HAZARDS, EXPERTS),
  hazard: HAZARDS,
  constraint: ['exactly', 'reverse', 'without', 'start', 'end'],
  guild: GUILDS,
  color: COLORS,
  shape: SHAPES,
  number: NUMBERS.slice(0, 10),
  glyph: GLYPH_WORDS,
} as const satisfies { readonly [group: string]: readonly string[] };

type Group = keyof typeof KINDS;
/** `opening`: the first word of the prompt. */
type Kind = { group: Group; kind: string; opening: string };

/** Groups that a question is sorted by, the first one of which its words or its picture show a kind. */
const OF_QUESTIONS: readonly Group[] = ['constraint', 'hazard', 'guild', 'color', 'shape', 'number', 'glyph'];

/** The kind of a prompt: what of its words, picture and context a rule could be about. Null where nothing stands out. */
export function kindOf(prompt: Prompt, task: Task): Kind | null {
  const { attack, scene } = prompt;
  const hazard = hazardIn(scene) ?? '';
  const [thing] = objectsOf(scene);
  const shown = [hazard, guildIn(scene) ?? '', glyphIn(scene) ?? ''];
  const candidates: [Group, string][] = [];
  if (task.request) {
    const { action } = task.request;
    const { verb, object } = deedOf(action, scene) ?? { verb: '', object: '' };
    const given = action.kind === 'give' ? `${hazard} ${action.who}` : '';
    for (const name of attacksIn(attack ?? '')) candidates.push(['attack', name]);
    candidates.push(['idiom', `${verb} ${object}`], ['harm', verb], ['deed', verb]);
    candidates.push(['gift', given], ['handover', given]);
    if (thing?.kind === 'shape') shown.push(thing.shape);
  }
  const words = [...prompt.tokens.map(wordOf), ...shown];
  const asked = OF_QUESTIONS.flatMap((group) => words.map((word): [Group, string] => [group, word]));
  const found = [...candidates, ...asked].find(([group, kind]) => isKind(group, kind));
  return found ? { group: found[0], kind: found[1], opening: words[0] } : null;
}

const isKind = (group: Group, kind: string) => (KINDS[group] as readonly string[]).includes(kind);

/**
 * Where a kind stands among all, spread evenly from 0 to 1: those below a share have the flaw. The seed orders the kinds of each group.
 * The first word of the prompt sets the place inside the kind, so that a share which ends in the middle of a kind takes some wordings.
 */
function placeOf(seed: number, flaw: Flaw, { group, kind, opening }: Kind): number {
  const kinds: readonly string[] = KINDS[group];
  const rank = new RandomStream(seed, `flaw:${flaw}:${group}`).shuffled(kinds).indexOf(kind);
  return (rank + new RandomStream(seed, `flaw:${flaw}:${group}:${opening}`).float()) / kinds.length;
}

/**
 * The chances of the flaws in demonstrations of a prompt: of a share, `byKind` follows the kind (always or never), the rest is noise.
 * Without kinds a chance is the share itself.
 */
export function flawChance(
  seed: number,
  prompt: Prompt,
  task: Task,
  { byKind, ...shares }: Imperfection,
): FlawChance {
  const kind = byKind > 0 ? kindOf(prompt, task) : null;
  return (flaw, part) => {
    const share = shares[flaw] * part;
    if (!kind || share === 0) return share;
    return byKind * Number(placeOf(seed, flaw, kind) < share) + (1 - byKind) * share;
  };
}
