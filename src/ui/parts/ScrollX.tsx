// A wide table or picture in a frame that scrolls sideways, by keyboard too.

import type { ComponentChildren } from 'preact';

/** `label` names the region for who reaches it by keyboard. */
export function ScrollX({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="scroll-x" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
