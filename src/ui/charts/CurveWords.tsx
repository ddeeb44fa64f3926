// The twin of a chart: what each curve is and what it did, the reference lines, and its values as a table.

import { formatNumber } from '../../base/format.ts';
import { Prose } from '../parts/Prose.tsx';
import { Table } from '../parts/Table.tsx';
import type { ChartRows } from '../state/charts/chartRows.ts';
import type { ChartSpec } from '../state/charts/charts.ts';
import { describeCurve } from '../state/charts/metricTable.ts';

type CurveWordsProps = { spec: ChartSpec; rows: ChartRows };

const cell = (value: number | null | undefined): string => (value == null ? '–' : formatNumber(value));

export function CurveWords({ spec, rows: { x, columns, references } }: CurveWordsProps) {
  return (
    <ul>
      {spec.lines.map(({ name, title, about }, index) => (
        <li key={name}>
          {describeCurve(title, x, columns[index] ?? [], formatNumber)}{' '}
          {about !== '' && (
            <span class="hint">
              <Prose text={about} /> <code>{name}</code>
            </span>
          )}
        </li>
      ))}
      {references.map(({ line, column }) => (
        <li key={line.label}>
          {line.label} (dashed line): {cell(column.findLast((each) => each !== null))}.{' '}
          <span class="hint">
            <Prose text={line.about} />
          </span>
        </li>
      ))}
    </ul>
  );
}

type CurveTableProps = CurveWordsProps & { xLabel: string; caption: string; shown: readonly number[] };

/** The rows whose indices are `shown`, as they were measured. */
export function CurveTable({ spec, rows: { x, columns }, xLabel, caption, shown }: CurveTableProps) {
  return (
    <Table
      label={`Values of ${spec.title}`}
      caption={caption}
      heads={[xLabel, ...spec.lines.map(({ title }) => title)]}
      rows={shown.map((row) => ({
        key: row,
        head: x[row],
        cells: columns.map((column) => cell(column[row])),
      }))}
    />
  );
}
