// Lays out rows of text: fixed width for a terminal, or Markdown.

import { extent } from './numbers.ts';

export type Grid = { readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] };

/** Columns padded to their widest cell; the first `leftColumns` are flush left, the others flush right. */
export function fixedWidth({ header, rows }: Grid, leftColumns: number): string {
  const widths = header.map(
    (title, i) => extent([title, ...rows.map((row) => row[i])].map(({ length }) => length))[1],
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (i < leftColumns ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [line(header), rule, ...rows.map(line)].join('\n');
}

/** A GitHub-style table; pipes in cells are escaped. */
export function markdown({ header, rows }: Grid, leftColumns: number): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = `| ${header.map((_, i) => (i < leftColumns ? '---' : '---:')).join(' | ')} |`;
  return [line(header), rule, ...rows.map(line)].join('\n');
}
