// The size of an element in whole pixels, as it changes; for pictures that are drawn to fit.

import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** Both are 0 until the element is measured. */
export function useSize<E extends HTMLElement>(): {
  host: RefObject<E | null>;
  width: number;
  height: number;
} {
  const host = useRef<E>(null);
  const size = useSignal({ width: 0, height: 0 });
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      size.value = { width: Math.floor(element.clientWidth), height: Math.floor(element.clientHeight) };
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [size]);
  return { host, ...size.value };
}
