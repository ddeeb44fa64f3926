// Parts of a view that are made a frame after it is on show, so that opening it is no long task.

import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { drawNoMore, drawSoon } from '../browser/frameQueue.ts';

/** Nest them, and each is made in a frame of its own. */
export function Soon({ children }: { children: () => ComponentChildren }) {
  const due = useSignal(false);
  useEffect(() => {
    const owner = {};
    drawSoon(owner, () => (due.value = true));
    return () => drawNoMore(owner);
  }, []);
  return due.value ? children() : null;
}
