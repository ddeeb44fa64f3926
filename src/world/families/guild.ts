// Family `guild`: closed-book facts of the guilds, each named or shown.

import { first } from '../grammar.ts';
import { GUILD_FACTS, GUILDS, RELATIONS, withAlias } from '../lexicon.ts';
import { question } from '../questions.ts';
import { pictureOf } from '../scenes.ts';
import { guildIn } from '../truth.ts';
import { ask, form, KNOWLEDGE, type Question, type TaskFamily } from './family.ts';

type Relation = (typeof RELATIONS)[number];
const ANSWER_TYPES = { color: 'COLOR', shape: 'SHAPE', number: 'NUMBER', tool: 'TOOL' } as const;

/** The question of a relation; `named` is null for the guild in the picture. */
export const factOf = (relation: string, named: string | null): Question => ({
  type: ANSWER_TYPES[relation as Relation],
  answers: (scene) => {
    const facts = GUILD_FACTS[named ?? guildIn(scene) ?? ''];
    return facts ? withAlias(facts[relation as Relation]) : [];
  },
  steps: (_said, scene) => [relation, 'of', named ?? guildIn(scene) ?? 'guild'],
  // Facts are not spelt out in a pair.
  shortSteps: named === null ? undefined : [relation, named],
});

const FACT = form(
  [
    '(what is|tell me|name|say|please name|answer) the REL of SUBJECT',
    'REL of SUBJECT please',
    'the REL of SUBJECT is what',
    'what REL do SUBJECT people use',
    'what REL is for SUBJECT',
    'SUBJECT people use what REL',
    'what do SUBJECT people use for REL',
  ],
  ['can you tell me the REL of SUBJECT', 'please say what REL is for SUBJECT', 'SUBJECT use what REL'],
  ({ slots: { REL, SUBJECT } }) =>
    question('knowledge', factOf(first(REL), SUBJECT.slots.GUILD ? first(SUBJECT) : null)),
);

export const guild: TaskFamily = {
  ...KNOWLEDGE,
  name: 'guild',
  weight: 0.6,
  forms: { fact: FACT },
  parts: { SUBJECT: ['GUILD', 'this guild'] },
  draw(draw) {
    const { random } = draw;
    const variant = random.pick(RELATIONS);
    const guild = random.pick(GUILDS);
    const shown = random.chance(0.4);
    const text = ask(draw, FACT, { REL: variant, SUBJECT: shown ? 'this guild' : guild });
    return { variant, text, scene: shown ? pictureOf(draw, { kind: 'guild', guild }) : null };
  },
};
