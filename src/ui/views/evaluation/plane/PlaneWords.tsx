// The twin of the plane: where each model went in sentences, and every point as a row.

import { formatPercent } from '../../../../base/format.ts';
import { stageTitle } from '../../../../terms/stages.ts';
import { ScrollX } from '../../../parts/ScrollX.tsx';
import {
  describePlane,
  type PlaneAxis,
  type PlanePoint,
  type PlaneScore,
  type PlaneSeries,
  paretoFront,
} from '../../../state/scores/plane.ts';

type PlaneWordsProps = {
  points: readonly PlanePoint[];
  series: readonly PlaneSeries[];
  xAxis: PlaneAxis;
  yAxis: PlaneAxis;
};

export function PlaneWords({ points, series, xAxis, yAxis }: PlaneWordsProps) {
  const front = paretoFront(points);
  return (
    <>
      <ul>
        {describePlane(points, series, xAxis, yAxis).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <p class="hint">
        Up: {yAxis.about}. Right: {xAxis.about}. Less is better on both, so the best corner is bottom left.
      </p>
      <details>
        <summary>As a table</summary>
        <ScrollX label="Points of the plane">
          <table>
            <caption>Share in %, with its 95 % interval</caption>
            <thead>
              <tr>
                <th scope="col">model</th>
                <th scope="col">after</th>
                <th scope="col">{yAxis.title}</th>
                <th scope="col">{xAxis.title}</th>
                <th scope="col">Pareto front</th>
              </tr>
            </thead>
            <tbody>
              {points.map((point, index) => (
                <tr key={`${point.series} ${point.stage}`}>
                  <th scope="row">{series[point.series]?.name}</th>
                  <td>{stageTitle(point.stage)}</td>
                  <td>{cell(point.y)}</td>
                  <td>{cell(point.x)}</td>
                  <td>{front[index] ? 'on it' : '–'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollX>
      </details>
    </>
  );
}

function cell({ value, low, high }: PlaneScore): string {
  return `${formatPercent(value)} (${(low * 100).toFixed(0)}–${(high * 100).toFixed(0)})`;
}
