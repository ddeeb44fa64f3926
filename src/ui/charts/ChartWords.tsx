// The twin of a chart: what each curve is and what it did, the reference lines, and the newest rows as a table.

import { formatNumber } from '../../base/format.ts';
import { ScrollX } from '../parts/ScrollX.tsx';
import type { ChartRows } from '../state/charts/chartRows.ts';
import type { ChartSpec } from '../state/charts/chartTypes.ts';
import { describeCurve } from '../state/charts/metricTable.ts';

const TABLE_ROWS = 12;

type ChartWordsProps = { spec: ChartSpec; rows: ChartRows };

export function ChartWords({ spec, rows: { steps, columns, references } }: ChartWordsProps) {
  const from = Math.max(0, steps.length - TABLE_ROWS);
  return (
    <>
      <ul>
        {spec.lines.map((line, index) => (
          <li key={line.metric}>
            {describeCurve(line.label, steps, columns[index] ?? [], formatNumber)}{' '}
            <span class="hint">
              {line.about} <code>{line.metric}</code>
            </span>
          </li>
        ))}
        {references.map(({ line, column }) => {
          const value = column.findLast((each) => each !== null) ?? null;
          return (
            <li key={line.label}>
              {line.label} (dashed line): {value === null ? '–' : formatNumber(value)}.{' '}
              <span class="hint">{line.about}</span>
            </li>
          );
        })}
      </ul>
      <ScrollX label={`Newest values of ${spec.title}`}>
        <table>
          <caption>Last {steps.length - from} rows</caption>
          <thead>
            <tr>
              <th scope="col">step</th>
              {spec.lines.map((line) => (
                <th scope="col" key={line.metric}>
                  {line.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {steps.slice(from).map((step, row) => (
              <tr key={step}>
                <th scope="row">{step}</th>
                {spec.lines.map((line, index) => {
                  const value = columns[index]?.[from + row] ?? null;
                  return <td key={line.metric}>{value === null ? '–' : formatNumber(value)}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
    </>
  );
}
