// Which metrics are measured with a clock: they alone differ between two runs of the same seed on the same device.

/** Beginnings of their names; stored runs of other versions follow them too. */
const CLOCK_PREFIXES = ['time/', 'tokens_per_second/'];

export function isClockMetric(name: string): boolean {
  return CLOCK_PREFIXES.some((prefix) => name.startsWith(prefix));
}
