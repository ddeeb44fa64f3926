// The twin of overlaid curves: a sentence per run, and their values at the same places as a table.

import { useSignal } from '@preact/signals';
import { formatNumber } from '../../../base/format.ts';
import { Table } from '../../parts/Table.tsx';
import { describeCurve } from '../../state/charts/metricTable.ts';
import { joinPoints, type OverlayPoints, sampledRows } from '../../state/charts/overlay.ts';

const TABLE_ROWS = 25;

type OverlayWordsProps = { lines: readonly OverlayPoints[]; names: readonly string[]; xLabel: string };

export function OverlayWords({ lines, names, xLabel }: OverlayWordsProps) {
  const open = useSignal(false);
  return (
    <>
      <ul>
        {lines.map(({ x, y }, index) => (
          <li key={names[index]}>{describeCurve(names[index] ?? '', x, y, formatNumber)}</li>
        ))}
      </ul>
      <details onToggle={(event) => (open.value = event.currentTarget.open)}>
        <summary>As a table</summary>
        {open.value && <Values lines={lines} names={names} xLabel={xLabel} />}
      </details>
    </>
  );
}

function Values({ lines, names, xLabel }: OverlayWordsProps) {
  const { x, columns } = joinPoints(lines);
  const rows = sampledRows(x.length, TABLE_ROWS);
  return (
    <Table
      label="Values of the curves"
      caption={`${rows.length} of ${x.length} rows, as measured`}
      heads={[xLabel, ...names]}
      rows={rows.map((row) => ({
        key: row,
        head: x[row],
        cells: columns.map((column) => {
          const value = column[row] ?? null;
          return value === null ? '–' : formatNumber(value);
        }),
      }))}
    />
  );
}
