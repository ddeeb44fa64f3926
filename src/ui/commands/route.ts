// Which view is shown: the part of the address after `#`.

import { type Signal, signal } from '@preact/signals';
import { pagePart } from '../browser/address.ts';
import { type ViewName, viewOfHash } from './viewNames.ts';

export const view: Signal<ViewName> = signal(viewOf(location));

/** A lesson has the page to itself, unless another view is named. */
function viewOf({ hash, search }: Pick<Location, 'hash' | 'search'>): ViewName {
  const isLesson = hash === '' && pagePart(search ?? '', 'lesson') !== null;
  return isLesson ? 'lessons' : viewOfHash(hash);
}

/** Follows the address from now on: links, back and forward. */
export function followAddress(): void {
  addEventListener('hashchange', () => (view.value = viewOf(location)));
}

/** Shows a view as a click on its link does. */
export function showView(name: ViewName): void {
  location.hash = name;
}
