// A table in a frame that scrolls sideways: a caption, heads of columns, and rows with a head of their own.

import type { ComponentChildren } from 'preact';
import { ScrollX } from './ScrollX.tsx';

/** A cell with attributes; any other content stands in a plain one. */
export type Cell = {
  content: ComponentChildren;
  class?: string | undefined;
  title?: string | undefined;
  style?: { readonly [property: string]: string };
  'aria-sort'?: 'ascending' | 'descending' | undefined;
};

export type TableRow = {
  key: string | number;
  head: ComponentChildren;
  headClass?: string;
  cells: readonly (Cell | ComponentChildren)[];
  class?: string;
  /** The row of what is on show elsewhere. */
  current?: boolean;
};

type TableProps = {
  /** Names the region for who reaches it by keyboard. */
  label: string;
  caption: ComponentChildren;
  /** The first one stands over the heads of the rows. */
  heads: readonly (Cell | ComponentChildren)[];
  rows: readonly TableRow[];
  class?: string;
};

export function Table({ label, caption, heads, rows, class: name }: TableProps) {
  return (
    <ScrollX label={label}>
      <table class={name}>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {heads.map((head, index) => (
              <ColumnHead key={index} head={head} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key} class={row.class} aria-current={row.current ? 'true' : undefined}>
              <th scope="row" class={row.headClass}>
                {row.head}
              </th>
              {row.cells.map((cell, index) => {
                const { content, ...attributes } = asCell(cell);
                return (
                  <td key={index} {...attributes}>
                    {content}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollX>
  );
}

export function ColumnHead({ head }: { head: Cell | ComponentChildren }) {
  const { content, ...attributes } = asCell(head);
  return (
    <th scope="col" {...attributes}>
      {content}
    </th>
  );
}

function asCell(cell: Cell | ComponentChildren): Cell {
  return typeof cell === 'object' && cell !== null && 'content' in cell ? cell : { content: cell };
}

/** A second line in small print. */
export function Below({ children }: { children: ComponentChildren }) {
  return (
    <>
      <br />
      <span class="hint">{children}</span>
    </>
  );
}
