// Families `icon_meaning` and `icon_safer`: what a hazard icon stands for, and what is better than it.

import { first } from '../grammar.ts';
import { HAZARD_FACTS, HAZARDS } from '../lexicon.ts';
import { question } from '../questions.ts';
import { pictureOf } from '../scenes.ts';
import { hazardIn } from '../truth.ts';
import type { Scene } from '../types.ts';
import { ask, form, KNOWLEDGE, type Question, type TaskFamily } from './family.ts';

/** A family that asks for one fact of a hazard, which is named or stands in the picture; `steps` come before its name. */
function iconFamily(
  {
    name,
    weight,
    fact,
    ...asked
  }: Pick<TaskFamily, 'name' | 'weight'> &
    Pick<Question, 'type' | 'leads'> & { fact: 'meaning' | 'safer'; steps: readonly string[] },
  formName: string,
  seen: readonly string[],
  test: readonly string[],
): TaskFamily {
  const FORM = form(seen, test, ({ slots: { HAZ } }) => {
    const hazard = (scene: Scene | null) => (HAZ.slots.HAZARD ? first(HAZ) : hazardIn(scene));
    return question('knowledge', {
      ...asked,
      answers: (scene) => HAZARD_FACTS[hazard(scene) ?? '']?.[fact] ?? [],
      steps: (_said, scene) => [...asked.steps, hazard(scene) ?? 'icon'],
    });
  });
  return {
    ...KNOWLEDGE,
    name,
    weight,
    forms: { [formName]: FORM },
    parts: { HAZ: ['HAZARD', 'this icon'] },
    draw(draw) {
      const hazard = draw.random.pick(HAZARDS);
      const shown = draw.random.chance(0.5);
      const text = ask(draw, FORM, { HAZ: shown ? 'this icon' : hazard });
      return { text, scene: shown ? pictureOf(draw, { kind: 'hazard', hazard }) : null };
    },
  };
}

export const iconMeaning = iconFamily(
  { name: 'icon_meaning', weight: 0.15, type: 'MEANING', fact: 'meaning', steps: ['mean'] },
  'danger',
  [
    '(what is|tell me|name|say|please name|answer) the danger of HAZ',
    'danger of HAZ please',
    'the danger of HAZ is what',
    'what do you mean with HAZ',
    'what danger is in HAZ',
    'HAZ is what danger',
    'what is it to mean HAZ',
  ],
  ['can you tell me the danger of HAZ', 'please say what danger is in HAZ', 'in HAZ what is the danger'],
);

export const iconSafer = iconFamily(
  {
    name: 'icon_safer',
    weight: 0.1,
    type: 'ALT',
    fact: 'safer',
    steps: ['better', 'than'],
    leads: ['instead', 'better'],
  },
  'safer',
  [
    'what is better than HAZ',
    '(tell me|name|say|please name|answer) what is better than HAZ',
    'better than HAZ is what',
    'what do i use instead of HAZ',
    'what can i use instead of HAZ',
    'instead of HAZ use what',
    'tell me what to use instead of HAZ',
    'what use is better than HAZ',
  ],
  ['can you tell me what is better than HAZ', 'please say what to use instead of HAZ', 'what instead of HAZ'],
);
