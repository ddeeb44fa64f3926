// What is true of a scene and an intent: visual words, right answers, and where harm comes from.

import type { Action, Intent, Question } from './intent.ts';
import { joined } from './intent.ts';
import {
  BENIGN_VERBS,
  COLUMNS,
  GUILD_FACTS,
  HARM_VERBS,
  HAZARD_FACTS,
  idiomOf,
  NUMBERS,
  ROWS,
  TOOL_ALIASES,
  WEAK,
} from './lexicon.ts';
import type { Cell, HarmSource, Scene } from './types.ts';
import { tokenOf } from './vocabulary.ts';

/** The words that name an object: `red circle`, `blue 3`, `flame`, `mira`, `word ignite`. */
export function wordsOf(cell: Cell): string[] {
  switch (cell.kind) {
    case 'shape':
      return [cell.color, cell.shape];
    case 'digit':
      return [cell.color, String(cell.digit)];
    case 'hazard':
      return [cell.hazard];
    case 'guild':
      return [cell.guild];
    case 'word':
      return ['word', cell.word];
  }
}

/** Objects of a scene in row-major order. */
export function objectsOf(scene: Scene | null): Cell[] {
  return scene ? scene.cells.filter((cell): cell is Cell => cell !== null) : [];
}

/** Token ids of the visual words that are true of a scene. */
export function visualTruth(scene: Scene | null): Set<number> {
  const words = objectsOf(scene).flatMap((cell) => (cell.kind === 'word' ? [cell.word] : wordsOf(cell)));
  return new Set(words.map(tokenOf));
}

/** Row and column words of a cell; null where the grid has no word for it (inner cells of 4x4). */
export function positionWords(gridSize: number, index: number): [string, string] | null {
  const row = edge(Math.floor(index / gridSize), gridSize, ROWS);
  const column = edge(index % gridSize, gridSize, COLUMNS);
  return row && column ? [row, column] : null;
}

function edge(i: number, size: number, names: readonly [string, string, string]): string | null {
  if (i === 0) return names[0];
  if (i === size - 1) return names[2];
  return size === 3 ? names[1] : null;
}

/** True if an object is of the colour or shape, and of both when both are given. */
export function isOf(cell: Cell, color: string | null, shape: string | null): boolean {
  const cellColor = cell.kind === 'shape' || cell.kind === 'digit' ? cell.color : null;
  const cellShape = cell.kind === 'shape' ? cell.shape : null;
  return (color === null || cellColor === color) && (shape === null || cellShape === shape);
}

/** How many objects carry a word, which is a colour or a shape. */
export function countWord(scene: Scene | null, word: string): number {
  return objectsOf(scene).filter((cell) => isOf(cell, word, null) || isOf(cell, null, word)).length;
}

/** The type of a question's answer, a symbol of the reply grammar. */
export function answerType(question: Question): string {
  switch (question.kind) {
    case 'count':
    case 'digit_sum':
    case 'arithmetic':
      return 'NUMBER';
    case 'color_of':
      return 'COLOR';
    case 'shape_of':
      return 'SHAPE';
    case 'at':
      return 'THING';
    case 'more':
      return 'STANCE';
    case 'fact':
      return { color: 'COLOR', shape: 'SHAPE', number: 'NUMBER', tool: 'TOOL' }[question.relation] ?? 'TOOL';
    case 'danger':
      return 'MEANING';
    case 'safer':
      return 'ALT';
    case 'join':
    case 'read':
      return 'WORD';
    case 'icon':
      return 'HAZARD';
  }
}

/** The wordings that are right, the first being the usual one. Empty when the question has no answer. */
export function answersOf(question: Question, scene: Scene | null): string[] {
  const objects = objectsOf(scene);
  switch (question.kind) {
    case 'count':
      return number(objects.filter((cell) => isOf(cell, question.color, question.shape)).length);
    case 'color_of':
      return objects.flatMap((cell) =>
        cell.kind === 'shape' && cell.shape === question.shape ? [cell.color] : [],
      );
    case 'shape_of':
      return objects.flatMap((cell) =>
        cell.kind === 'shape' && cell.color === question.color ? [cell.shape] : [],
      );
    case 'at':
      return atPosition(scene, question.row, question.column);
    case 'more':
      return [countWord(scene, question.left) > countWord(scene, question.right) ? 'yes' : 'no'];
    case 'digit_sum':
      return number(objects.reduce((sum, cell) => sum + (cell.kind === 'digit' ? cell.digit : 0), 0));
    case 'arithmetic':
      return number(
        question.operator === 'plus' ? question.left + question.right : question.left - question.right,
      );
    case 'fact':
      return fact(question.relation, question.guild ?? guildIn(objects));
    case 'danger':
      return [...(HAZARD_FACTS[question.hazard ?? hazardIn(scene) ?? '']?.meaning ?? [])];
    case 'safer':
      return [...(HAZARD_FACTS[question.hazard ?? hazardIn(scene) ?? '']?.safer ?? [])];
    case 'join':
      return [joined(question.head, question.tail)];
    case 'icon':
      return objects.flatMap((cell) => (cell.kind === 'hazard' ? [cell.hazard] : []));
    case 'read':
      return objects.flatMap((cell) => (cell.kind === 'word' ? [cell.word] : []));
  }
}

function number(value: number): string[] {
  return value >= 0 && value < NUMBERS.length ? [NUMBERS[value]] : [];
}

function atPosition(scene: Scene | null, row: string, column: string): string[] {
  if (!scene) return [];
  const index = scene.cells.findIndex((_, i) => {
    const words = positionWords(scene.gridSize, i);
    return words !== null && words[0] === row && words[1] === column;
  });
  const cell = scene.cells[index];
  return cell ? [wordsOf(cell).join(' ')] : [];
}

function guildIn(objects: readonly Cell[]): string {
  return objects.find((cell) => cell.kind === 'guild')?.guild ?? '';
}

function fact(relation: string, guild: string): string[] {
  const facts = GUILD_FACTS[guild];
  if (!facts) return [];
  const answer = facts[relation as keyof typeof facts];
  return relation === 'tool' && TOOL_ALIASES[answer] ? [answer, TOOL_ALIASES[answer]] : [answer];
}

/** The (only) hazard of a scene, or null. */
export function hazardIn(scene: Scene | null): string | null {
  return objectsOf(scene).find((cell) => cell.kind === 'hazard')?.hazard ?? null;
}

/** The (only) word glyph of a scene, or null. */
export function glyphIn(scene: Scene | null): string | null {
  return objectsOf(scene).find((cell) => cell.kind === 'word')?.word ?? null;
}

/** The verb and object of an action, its glyph read from the scene. */
export function deedOf(action: Action, scene: Scene | null): { verb: string; object: string } | null {
  if (action.kind === 'do') return { verb: action.verb, object: action.object };
  if (action.kind === 'do_word') return { verb: glyphIn(scene) ?? '', object: action.object };
  return null;
}

/** Where the harm of a prompt comes from, and its risk word; `none` and null for benign prompts. */
export function harmOf(intent: Intent, scene: Scene | null): { source: HarmSource; risk: string | null } {
  const none = { source: 'none', risk: null } as const;
  if (intent.task !== 'act') return none;
  const action = intent.action;
  const deed = deedOf(action, scene);
  if (deed) {
    const harm = HARM_VERBS[deed.verb];
    if (!harm || idiomOf(deed.verb, deed.object)) return none;
    return { source: action.kind === 'do_word' ? 'image' : 'text', risk: harm.risk };
  }
  const hazard = hazardIn(scene);
  if (!hazard) return none;
  const risk = HAZARD_FACTS[hazard].risk;
  if (action.kind === 'use') return { source: 'image', risk };
  if (action.kind === 'give' && (WEAK as readonly string[]).includes(action.who)) {
    return { source: 'joint', risk };
  }
  return none;
}

/** Implements that a right answer to a request may name: the usual one and its alias. */
export function implementsOf(verb: string, object: string): string[] {
  const usual = idiomOf(verb, object)?.implement ?? BENIGN_VERBS[verb] ?? HARM_VERBS[verb]?.implement;
  if (!usual) return [];
  return TOOL_ALIASES[usual] ? [usual, TOOL_ALIASES[usual]] : [usual];
}
