// The query of the page's address: settings, and beside them the parts that are no settings, such as the projector mode.

/** In the order in which they are written, after the settings. */
const PAGE_KEYS = ['from', 'lesson', 'at', 'hide', 'seats', 'stage', 'embed', 'view', 'allow'] as const;
type PageKey = (typeof PAGE_KEYS)[number];

export function pagePart(search: string, key: PageKey): string | null {
  return new URLSearchParams(search).get(key);
}

/** The query with its `?` and without the page's own parts; empty where nothing is left. */
export function settingsPart(search: string): string {
  const params = new URLSearchParams(search);
  if (PAGE_KEYS.every((key) => !params.has(key))) return search;
  for (const key of PAGE_KEYS) params.delete(key);
  const rest = params.toString();
  return rest === '' ? '' : `?${rest}`;
}

/** A query, without `?`, of settings and of parts of the page; parts that are null are left out. */
export function withPageParts(
  settings: string,
  parts: { readonly [key in PageKey]?: string | null },
): string {
  const written = PAGE_KEYS.flatMap((key) => {
    const text = parts[key] ?? null;
    return text === null ? [] : [`${key}=${readable(text)}`];
  });
  return [settings.replace(/^\?/, ''), ...written].filter((part) => part !== '').join('&');
}

/** The page's own parts as they stand in an address. */
export function pageParts(search: string): { readonly [key in PageKey]?: string } {
  const params = new URLSearchParams(search);
  return Object.fromEntries(PAGE_KEYS.flatMap((key) => (params.has(key) ? [[key, params.get(key)]] : [])));
}

/** Escaped, but for what a query may hold as it is. */
function readable(text: string): string {
  return encodeURIComponent(text).replaceAll('%3A', ':').replaceAll('%40', '@');
}
