// The plane with its legend and its words.

import { describePlane, type Plane } from '../../../state/scores/plane.ts';
import { PlaneChart } from './PlaneChart.tsx';
import { PlaneMark } from './PlaneMark.tsx';
import { PlaneWords } from './PlaneWords.tsx';
import './plane.css';

export function DrawnPlane(plane: Plane) {
  return (
    <>
      <PlaneChart {...plane} label={describePlane(plane).join(' ')} />
      <ul class="plane-legend row plain small">
        {plane.series.map(({ name }, index) => (
          <li key={index}>
            <svg width="18" height="18" aria-hidden="true">
              <PlaneMark series={index} x={9} y={9} radius={5} />
            </svg>{' '}
            {name}
          </li>
        ))}
        <li>
          <svg width="18" height="18" aria-hidden="true">
            <circle class="plane-best" cx="9" cy="9" r="7" />
          </svg>{' '}
          on the Pareto front
        </li>
      </ul>
      <PlaneWords {...plane} />
    </>
  );
}
