// The twin of a chart: a sentence per curve, and its newest rows as a table.

import { formatNumber } from '../format.ts';
import type { ChartSpec } from '../state/charts.ts';
import { describeCurve } from '../state/metricTable.ts';

const TABLE_ROWS = 12;

type ChartWordsProps = {
  spec: ChartSpec;
  rows: { steps: readonly number[]; columns: readonly (readonly (number | null)[])[] };
};

export function ChartWords({ spec, rows: { steps, columns } }: ChartWordsProps) {
  const from = Math.max(0, steps.length - TABLE_ROWS);
  return (
    <>
      <ul>
        {spec.lines.map((line, index) => (
          <li key={line.metric}>{describeCurve(line.label, steps, columns[index] ?? [], formatNumber)}</li>
        ))}
      </ul>
      <div class="scroll-x">
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
      </div>
    </>
  );
}
