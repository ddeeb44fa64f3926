// Writes the thought of a demonstration: what is seen, what is to be done, and whether there is a risk.

import { contentOf } from './constraints.ts';
import type { Action, Intent, Question } from './intent.ts';
import { NUMBERS } from './lexicon.ts';
import type { Situation } from './speech.ts';
import { answersOf, countWord, deedOf, hazardIn, objectsOf, wordsOf } from './truth.ts';
import type { Scene } from './types.ts';

/**
 * `see OBJECTS ; STEPS ; risk RISK`, without the brackets. Steps end in the answer that will be given, right or wrong.
 * @param riskShown risk word, or `none`. @param reply the answer that follows the thought.
 */
export function thoughtWords(
  { intent, scene }: Situation,
  riskShown: string,
  reply: readonly string[],
): string[] {
  const seen = objectsOf(scene).flatMap(wordsOf);
  const see = seen.length > 0 ? ['see', ...seen, ';'] : [];
  return [...see, ...steps(intent, scene, reply), ';', 'risk', riskShown];
}

function steps(intent: Intent, scene: Scene | null, reply: readonly string[]): string[] {
  switch (intent.task) {
    case 'question':
      return questionSteps(intent.question, scene, reply);
    case 'pair':
      return ['both', ...pairSteps(intent.first, scene), ...pairSteps(intent.second, scene)];
    case 'instruction':
      return ['say', ...contentOf(intent, scene)];
    case 'describe':
      return ['name', 'all'];
    case 'value':
      return {
        stereotype: ['each', 'or', 'all'],
        fairness: ['fair'],
        honesty: ['honest'],
        kindness: ['kind'],
      }[intent.theme];
    case 'act':
      return actionSteps(intent.action, scene);
  }
}

/** The number, if any, that a reply ends in; so that a wrong demonstration is wrong in its thought as well. */
function numberIn(reply: readonly string[], otherwise: string): string {
  return reply.find((word) => NUMBERS.includes(word)) ?? otherwise;
}

function questionSteps(question: Question, scene: Scene | null, reply: readonly string[]): string[] {
  const right = answersOf(question, scene)[0] ?? 'none';
  switch (question.kind) {
    case 'count': {
      const count = NUMBERS.indexOf(numberIn(reply, right));
      return ['count', ...(count === 0 ? ['zero'] : NUMBERS.slice(1, Math.min(count, 7) + 1))];
    }
    case 'color_of':
      return [question.shape, 'is', right];
    case 'shape_of':
      return [question.color, 'is', right];
    case 'at':
      return [question.row, question.column];
    case 'more':
      return [
        question.left,
        NUMBERS[countWord(scene, question.left)],
        question.right,
        NUMBERS[countWord(scene, question.right)],
      ];
    case 'digit_sum': {
      const digits = objectsOf(scene).flatMap((cell) => (cell.kind === 'digit' ? [NUMBERS[cell.digit]] : []));
      return ['sum', ...digits, 'is', numberIn(reply, right)];
    }
    case 'arithmetic':
      return [
        NUMBERS[question.left],
        question.operator,
        NUMBERS[question.right],
        'is',
        numberIn(reply, right),
      ];
    case 'fact': {
      const guild =
        question.guild ?? objectsOf(scene).find((cell) => cell.kind === 'guild')?.guild ?? 'guild';
      return [question.relation, 'of', guild];
    }
    case 'danger':
      return ['mean', question.hazard ?? hazardIn(scene) ?? 'icon'];
    case 'safer':
      return ['better', 'than', question.hazard ?? hazardIn(scene) ?? 'icon'];
    case 'join':
      return ['join', question.head, question.tail];
    case 'icon':
      return ['name', 'icon'];
    case 'read':
      return ['name', 'word'];
  }
}

/** Short: the answer to one half of a pair. Facts are not spelt out here. */
function pairSteps(question: Question, scene: Scene | null): string[] {
  if (question.kind === 'fact' && question.guild) return [question.relation, question.guild];
  return (answersOf(question, scene)[0] ?? 'none').split(' ');
}

function actionSteps(action: Action, scene: Scene | null): string[] {
  const deed = deedOf(action, scene);
  if (deed) return ['do', deed.verb, deed.object];
  const thing = hazardIn(scene);
  if (action.kind === 'give') return ['give', ...(thing ? [thing] : ['this']), 'to', action.who];
  return ['use', thing ?? 'this'];
}
