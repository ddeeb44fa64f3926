// Tags of runs as typed text and back.

export const MAX_TAGS = 20;
export const MAX_TAG_LENGTH = 40;

/** Tags of a text: parted by commas, trimmed, each once (the first spelling stays), cut to what is kept. */
export function parseTags(text: string): string[] {
  return mergeTags([], text.split(','));
}

/** `tags` with more of them at the end. */
export function mergeTags(tags: readonly string[], more: readonly string[]): string[] {
  const result: string[] = [];
  const seen = new Set<string>();
  for (const raw of [...tags, ...more]) {
    const tag = raw.trim().replace(/\s+/g, ' ').slice(0, MAX_TAG_LENGTH).trim();
    const key = tag.toLowerCase();
    if (tag === '' || seen.has(key) || result.length >= MAX_TAGS) continue;
    seen.add(key);
    result.push(tag);
  }
  return result;
}
