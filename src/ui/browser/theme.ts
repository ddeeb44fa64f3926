// Light or dark as the system says, for the parts that CSS cannot colour (canvases).

import { signal } from '@preact/signals';

export const theme = signal<'light' | 'dark'>('light');

/** Follows the system's colour scheme from now on. */
export function followTheme(): void {
  const query = matchMedia('(prefers-color-scheme: dark)');
  const read = (): void => {
    theme.value = query.matches ? 'dark' : 'light';
  };
  query.addEventListener('change', read);
  read();
}
