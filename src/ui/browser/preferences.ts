// Small choices that a browser remembers: read and written without ever failing, for storage may be full or forbidden.

type Area = 'localStorage' | 'sessionStorage';

/** What a browser did not take: it holds until the page is closed. */
const untaken = new Map<string, string | null>();

const placeOf = (area: Area, key: string): string => `${area} ${key}`;

/** Null where there is nothing. `sessionStorage` is of this tab alone. */
export function readText(area: Area, key: string): string | null {
  const held = untaken.get(placeOf(area, key));
  if (held !== undefined) return held;
  try {
    return globalThis[area].getItem(key);
  } catch {
    return null;
  }
}

/** Null forgets what was stored. */
export function writeText(area: Area, key: string, text: string | null): void {
  const place = placeOf(area, key);
  untaken.delete(place);
  try {
    if (text === null) globalThis[area].removeItem(key);
    else globalThis[area].setItem(key, text);
  } catch {
    untaken.set(place, text);
  }
}

/** What is stored under the key, as `parse` makes of it; `parse` gets null where there is nothing or nothing readable. */
export function readPreference<T>(key: string, parse: (stored: unknown) => T): T {
  let stored: unknown = null;
  try {
    stored = JSON.parse(readText('localStorage', key) ?? 'null');
  } catch {
    // Written by something else: as if nothing were there.
  }
  return parse(stored);
}

export function writePreference(key: string, value: unknown): void {
  writeText('localStorage', key, JSON.stringify(value));
}

export type CurvePreferences = {
  smoothing: number;
  logScale: boolean;
  /** Groups that the user has folded or unfolded; others are as they come. */
  open: { readonly [group: string]: boolean };
};

export const MOST_SMOOTHING = 0.98;

/** Weight of the past until the user chooses one: an iteration samples a dozen prompts, and alone it is mostly noise. */
export const USUAL_SMOOTHING = 0.8;

export function parseCurvePreferences(stored: unknown): CurvePreferences {
  const { smoothing, logScale, open } = asObject(stored);
  const usable = typeof smoothing === 'number' && smoothing >= 0 && smoothing <= MOST_SMOOTHING;
  const choices = Object.entries(asObject(open)).filter(([, value]) => typeof value === 'boolean');
  return {
    smoothing: usable ? smoothing : USUAL_SMOOTHING,
    logScale: logScale === true,
    open: Object.fromEntries(choices) as CurvePreferences['open'],
  };
}

function asObject(value: unknown): { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { readonly [key: string]: unknown })
    : {};
}
