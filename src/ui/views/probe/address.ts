// A question of the probe as the part of the address after `#`: `probe?id=suite:value:3` or words, picture and attack.

import type { Cell, Scene } from '../../../terms/scene.ts';
import { CELL_PARTS, GRID_SIZES, type GridSize, partsOf } from './sceneEdit.ts';

export type ProbeAddress = {
  /** Name of a released model; absent for a stored run, which only this browser has. */
  model?: string;
  /** A prompt that was drawn. */
  id?: string;
  /** One made by hand. */
  words?: string;
  scene?: Scene | null;
  attack?: string;
  temperature?: number;
  seed?: number;
};

const VIEW = 'probe';
const KINDS = Object.keys(CELL_PARTS) as readonly Cell['kind'][];
const MOST_WORDS_LENGTH = 400;

/** Without `#`. */
export function hashOf({ model, id, words, scene, attack, temperature, seed }: ProbeAddress): string {
  const parts: string[] = [];
  const put = (key: string, value: string | number | undefined): void => {
    if (value !== undefined) parts.push(`${key}=${escapeValue(String(value))}`);
  };
  put('model', model);
  put('id', id);
  if (id === undefined) {
    put('words', words);
    if (scene) put('scene', sceneText(scene));
    put('attack', attack);
  }
  put('temperature', temperature);
  put('seed', seed);
  return parts.length === 0 ? VIEW : `${VIEW}?${parts.join('&')}`;
}

/** Null where the address asks nothing. What cannot be read is left out; the inspector checks the rest. */
export function addressOf(hash: string): ProbeAddress | null {
  const [view, query = ''] = hash.replace(/^#/, '').split(/\?(.*)/s);
  const params = new URLSearchParams(query);
  if (view !== VIEW || [...params.keys()].length === 0) return null;
  const text = (key: string): string | undefined => params.get(key)?.slice(0, MOST_WORDS_LENGTH) || undefined;
  const number = (key: string, most: number): number | undefined => {
    const value = Number(text(key) ?? Number.NaN);
    return value >= 0 && value <= most ? value : undefined;
  };
  const scene = sceneOfText(params.get('scene') ?? '');
  const found: ProbeAddress = {
    model: text('model'),
    id: text('id'),
    words: text('words'),
    scene,
    attack: text('attack'),
    temperature: number('temperature', 5),
    seed: number('seed', 2 ** 31 - 1),
  };
  return found;
}

/** Readable where a fragment allows it: `:` `,` and `.` stay, a space becomes `+`. */
function escapeValue(text: string): string {
  return encodeURIComponent(text).replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%20', '+');
}

/** `3:17:0:,,,,h.flame,,,,`: grid size, seed of the jitter, perturbation, cells. */
export function sceneText({ gridSize, jitterSeed, perturbation, cells }: Scene): string {
  return [gridSize, jitterSeed, perturbation, cells.map(cellText).join(',')].join(':');
}

export function sceneOfText(text: string): Scene | null {
  const [size, jitter, perturbation, cells] = text.split(':');
  const gridSize = Number(size) as GridSize;
  const read = cells?.split(',').map(cellOfText) ?? [];
  const numbers = [Number(jitter), Number(perturbation)] as const;
  if (!GRID_SIZES.includes(gridSize) || read.length !== gridSize ** 2) return null;
  if (!numbers.every((value) => Number.isFinite(value) && value >= 0)) return null;
  return { gridSize, jitterSeed: numbers[0], perturbation: numbers[1], cells: read };
}

/** By its first letter, then its parts: `s.red.star`, `h.flame`; empty for no cell. */
function cellText(cell: Cell | null): string {
  return cell ? [cell.kind[0], ...partsOf(cell)].join('.') : '';
}

function cellOfText(text: string): Cell | null {
  const [letter, ...values] = text.split('.');
  const kind = KINDS.find((each) => each[0] === letter);
  if (!kind) return null;
  const parts = CELL_PARTS[kind].map((part, index) => {
    const value = values[index] ?? '';
    return [part, part === 'digit' ? Number(value) : value];
  });
  return { kind, ...Object.fromEntries(parts) };
}
