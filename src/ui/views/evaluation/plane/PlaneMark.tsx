// The mark of a model on the plane: a shape beside the colour, so that models are told apart without colour too.

import { colorNumber } from '../../../charts/lineStyle.ts';

type PlaneMarkProps = { series: number; x: number; y: number; radius: number };

/** The colour of a model, for the marks of the plane. */
export function seriesStyle(series: number): { [property: string]: string } {
  return { '--series': `var(--curve-${colorNumber(series)})` };
}

export function PlaneMark({ series, x, y, radius: r }: PlaneMarkProps) {
  const look = { class: 'plane-mark', style: seriesStyle(series) };
  switch (series % 4) {
    case 0:
      return <circle {...look} cx={x} cy={y} r={r} />;
    case 1:
      return <rect {...look} x={x - r} y={y - r} width={2 * r} height={2 * r} />;
    case 2:
      return <polygon {...look} points={`${x},${y - r - 1} ${x + r + 1},${y + r} ${x - r - 1},${y + r}`} />;
    default:
      return (
        <polygon
          {...look}
          points={`${x},${y - r - 1} ${x + r + 1},${y} ${x},${y + r + 1} ${x - r - 1},${y}`}
        />
      );
  }
}
