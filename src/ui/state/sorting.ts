// How a table is ordered: by which column, and in which direction.

export type Sorting<Key extends string> = { key: Key; descending: boolean };

/** The other direction of a column, or another column: those that are `rising` from the lowest or from a to z, figures largest first. */
export function sortedBy<Key extends string>(
  sorting: Sorting<Key>,
  key: Key,
  rising: readonly Key[],
): Sorting<Key> {
  return { key, descending: sorting.key === key ? !sorting.descending : !rising.includes(key) };
}
