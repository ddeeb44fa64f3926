// The twin of the plane: where each model went in sentences, and every point as a row.

import { formatPercent, percent } from '../../../../base/format.ts';
import { stageTitle } from '../../../../terms/stages.ts';
import { Table } from '../../../parts/Table.tsx';
import { describePlane, type Plane, type PlaneScore, paretoFront } from '../../../state/scores/plane.ts';

export function PlaneWords(plane: Plane) {
  const { points, series, xAxis, yAxis } = plane;
  const front = paretoFront(points);
  return (
    <>
      <ul>
        {describePlane(plane).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <p class="hint">
        Up: {yAxis.about}. Right: {xAxis.about}. Up and right is good.
      </p>
      <details>
        <summary>As a table</summary>
        <Table
          label="Points of the plane"
          caption="Share in %, with its 95 % interval"
          heads={['model', 'after', yAxis.title, xAxis.title, 'Pareto front']}
          rows={points.map((point, index) => ({
            key: `${point.series} ${point.stage}`,
            head: series[point.series]?.name,
            cells: [stageTitle(point.stage), cell(point.y), cell(point.x), front[index] ? 'on it' : '–'],
          }))}
        />
      </details>
    </>
  );
}

function cell({ value, low, high }: PlaneScore): string {
  return `${formatPercent(value)} (${percent(low, 0)}–${percent(high, 0)})`;
}
