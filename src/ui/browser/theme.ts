// Light or dark as the system says, for the parts that CSS cannot colour (canvases); light on paper.

import { signal } from '@preact/signals';

export const theme = signal<'light' | 'dark'>('light');

/** What must be there before a page is printed, though it was never in sight. */
const drawings = new Set<() => void>();

/** Calls `draw` before the page is printed; returns the way to end it. */
export function drawForPrint(draw: () => void): () => void {
  drawings.add(draw);
  return () => drawings.delete(draw);
}

/** Follows the system's colour scheme from now on, and takes the light one for paper. */
export function followTheme(): void {
  const query = matchMedia('(prefers-color-scheme: dark)');
  const { classList } = document.documentElement;
  const read = (): void => {
    theme.value = query.matches && !classList.contains('on-paper') ? 'dark' : 'light';
  };
  query.addEventListener('change', read);
  addEventListener('beforeprint', () => {
    classList.add('on-paper');
    read();
    for (const draw of drawings) draw();
  });
  addEventListener('afterprint', () => {
    classList.remove('on-paper');
    read();
  });
  read();
}
