// What browsers report about memory. Only some of them do, each in its own way.

import type { MemoryNow } from './facts.ts';

type ChromiumPerformance = {
  memory?: { usedJSHeapSize: number; jsHeapSizeLimit: number };
  measureUserAgentSpecificMemory?: () => Promise<{ bytes: number }>;
};

export function memoryNow(): Omit<MemoryNow, 'wholeBytes'> {
  const { memory } = performance as ChromiumPerformance;
  const { deviceMemory } = navigator as { deviceMemory?: number };
  return {
    usedBytes: memory?.usedJSHeapSize ?? null,
    capBytes: memory?.jsHeapSizeLimit ?? null,
    deviceGigabytes: deviceMemory ?? null,
  };
}

/** Chromium measures a page with its workers where it is cross-origin isolated. */
export function canMeasureWhole(): boolean {
  return crossOriginIsolated && 'measureUserAgentSpecificMemory' in performance;
}

/** May take some seconds: the browser waits for its next tidying up. Null where it cannot tell. */
export async function measureWhole(): Promise<number | null> {
  try {
    return (await (performance as ChromiumPerformance).measureUserAgentSpecificMemory?.())?.bytes ?? null;
  } catch {
    return null;
  }
}
