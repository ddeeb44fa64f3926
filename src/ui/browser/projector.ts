// The projector mode: everything as it is, in type 1.6 times as large.

import { computed, effect, type Signal, signal } from '@preact/signals';

const KEY = 'stage';
/** Of the document's root, which every size of type and space is counted in. */
const CLASS = 'projector';

export const projector: Signal<boolean> = signal(false);
/** For what is drawn in pixels: how much larger than by its own measure. As the root's type in base.css. */
export const drawingScale = computed(() => (projector.value ? 1.6 : 1));

/** Reads `?stage=1` of the address, and follows the mode from now on. */
export function followProjector(search: string): void {
  projector.value = new URLSearchParams(search).get(KEY) === '1';
  effect(() => {
    document.documentElement.classList.toggle(CLASS, projector.value);
  });
}

/** The query without what asks for the mode: the rest is settings. */
export function withoutProjector(search: string): string {
  const params = new URLSearchParams(search);
  if (!params.has(KEY)) return search;
  params.delete(KEY);
  const rest = params.toString();
  return rest === '' ? '' : `?${rest}`;
}

/** The query of settings, with what asked for the mode in the address before. */
export function withProjector(query: string, before: string): string {
  return new URLSearchParams(before).get(KEY) === '1' ? `${query}&${KEY}=1` : query;
}
