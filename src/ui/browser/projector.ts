// The projector mode: everything as it is, in type 1.6 times as large.

import { computed, effect, type Signal, signal } from '@preact/signals';
import { pagePart } from './address.ts';

/** Of the document's root, which every size of type and space is counted in. */
const CLASS = 'projector';

export const projector: Signal<boolean> = signal(false);
/** For what is drawn in pixels: how much larger than by its own measure. As the root's type in base.css. */
export const drawingScale = computed(() => (projector.value ? 1.6 : 1));

/** Reads `?stage=1` of the address, and follows the mode from now on. */
export function followProjector(search: string): void {
  projector.value = pagePart(search, 'stage') === '1';
  effect(() => {
    document.documentElement.classList.toggle(CLASS, projector.value);
  });
}
