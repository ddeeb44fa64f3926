// The head of a column that orders its table.

import type { Sorting } from '../state/sorting.ts';
import { Button } from './Button.tsx';
import type { Cell } from './Table.tsx';

type SortHeadProps<Key extends string> = {
  title: string;
  about?: string | undefined;
  by: Key;
  sorting: Sorting<Key>;
  /** The mark while the table is ordered by another column. */
  idle?: string;
  onSort: (by: Key) => void;
};

export function sortHead<Key extends string>(props: SortHeadProps<Key>): Cell {
  const { title, about, by, sorting, idle = '', onSort } = props;
  const order = sorting.key !== by ? undefined : sorting.descending ? 'descending' : 'ascending';
  const mark = { descending: '▼', ascending: '▲' };
  return {
    'aria-sort': order,
    content: (
      <Button class="quiet sort" title={about} onClick={() => onSort(by)}>
        {title} <span aria-hidden="true">{order ? mark[order] : idle}</span>
      </Button>
    ),
  };
}
