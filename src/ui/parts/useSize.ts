// The width of an element in whole pixels, as it changes; for pictures that are drawn to fit.

import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** `width` is 0 until the element is measured. */
export function useWidth<E extends HTMLElement>(): { host: RefObject<E | null>; width: number } {
  const host = useRef<E>(null);
  const width = useSignal(0);
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const observer = new ResizeObserver(() => (width.value = Math.floor(element.clientWidth)));
    observer.observe(element);
    return () => observer.disconnect();
  }, [width]);
  return { host, width: width.value };
}
