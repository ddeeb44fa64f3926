// Which view is shown: the part of the address after `#`.

import { type Signal, signal } from '@preact/signals';
import { type ViewName, viewOfHash } from './viewNames.ts';

export const view: Signal<ViewName> = signal(viewOfHash(location.hash));

/** Follows the address from now on: links, back and forward. */
export function followAddress(): void {
  addEventListener('hashchange', () => (view.value = viewOfHash(location.hash)));
}

/** Shows a view as a click on its link does. */
export function showView(name: ViewName): void {
  location.hash = name;
}
