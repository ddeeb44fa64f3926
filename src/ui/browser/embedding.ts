// The page inside a frame of another one: what the address asks to show, and whose commands it takes.

export type Embedding = {
  /** `plane`, `lesson-N`, or the name of a view. */
  view: string;
  /** Origins whose page may send commands, and is told of the run. */
  allowed: readonly string[];
};

/** Null where the page stands by itself. */
export function readEmbedding(search: string): Embedding | null {
  const params = new URLSearchParams(search);
  if (params.get('embed') !== '1') return null;
  return { view: params.get('view') ?? 'plane', allowed: params.getAll('allow').filter(isOrigin) };
}

/** Written as a browser writes it: scheme, host and port, without a path. A wildcard is none. */
function isOrigin(text: string): boolean {
  try {
    return /^https?:[^*]+$/.test(text) && new URL(text).origin === text;
  } catch {
    return false;
  }
}
