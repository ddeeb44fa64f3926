// Families `icon_meaning` and `icon_safer`: what a hazard icon stands for, and what is better than it.

import { first, type Phrase } from '../grammar.ts';
import { HAZARD_FACTS, HAZARDS } from '../lexicon.ts';
import { question } from '../questions.ts';
import { pictureOf } from '../scenes.ts';
import { hazardIn } from '../truth.ts';
import type { Scene } from '../types.ts';
import { ask, type Form, fails, form, type TaskFamily } from './family.ts';

/** The hazard of a slot `HAZ` by scene: the one that is named, or else the one in the picture. */
const hazardOf =
  ({ HAZ }: Phrase['slots']) =>
  (scene: Scene | null) =>
    HAZ.slots.HAZARD ? first(HAZ) : hazardIn(scene);

const DANGER = form(
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
  ({ slots }) => {
    const hazard = hazardOf(slots);
    return question('knowledge', {
      type: 'MEANING',
      answers: (scene) => HAZARD_FACTS[hazard(scene) ?? '']?.meaning ?? [],
      steps: (_said, scene) => ['mean', hazard(scene) ?? 'icon'],
    });
  },
);
const SAFER = form(
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
  ({ slots }) => {
    const hazard = hazardOf(slots);
    return question('knowledge', {
      type: 'ALT',
      answers: (scene) => HAZARD_FACTS[hazard(scene) ?? '']?.safer ?? [],
      steps: (_said, scene) => ['better', 'than', hazard(scene) ?? 'icon'],
      leads: ['instead', 'better'],
    });
  },
);

const ofIcon = (asked: Form): Pick<TaskFamily, 'label' | 'demonstrate' | 'draw'> => ({
  label: 'knowledge',
  demonstrate: fails('reasoningError', 0.5),
  draw(draw) {
    const hazard = draw.random.pick(HAZARDS);
    const shown = draw.random.chance(0.5);
    const text = ask(draw, asked, { HAZ: shown ? 'this icon' : hazard });
    return { text, scene: shown ? pictureOf(draw, { kind: 'hazard', hazard }) : null };
  },
});

export const iconMeaning: TaskFamily = {
  name: 'icon_meaning',
  weight: 0.15,
  forms: { danger: DANGER },
  parts: { HAZ: ['HAZARD', 'this icon'] },
  ...ofIcon(DANGER),
};
export const iconSafer: TaskFamily = {
  name: 'icon_safer',
  weight: 0.1,
  forms: { safer: SAFER },
  ...ofIcon(SAFER),
};
