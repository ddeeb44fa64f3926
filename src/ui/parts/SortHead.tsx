// The head of a column that orders its table.

import { Button } from './Button.tsx';

type SortHeadProps = {
  title: string;
  about?: string | undefined;
  /** How the table is ordered by this column; null where it is by another. */
  order: 'ascending' | 'descending' | null;
  /** The mark while the table is ordered by another column. */
  idle?: string;
  onSort: () => void;
};

export function SortHead({ title, about, order, idle = '', onSort }: SortHeadProps) {
  const mark = order === null ? idle : order === 'descending' ? '▼' : '▲';
  return (
    <th scope="col" aria-sort={order ?? undefined}>
      <Button class="quiet sort" title={about} onClick={onSort}>
        {title} <span aria-hidden="true">{mark}</span>
      </Button>
    </th>
  );
}
