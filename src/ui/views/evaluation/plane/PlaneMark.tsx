// The mark of a model on the plane: a shape beside the colour, so that models are told apart without colour too.

type PlaneMarkProps = { series: number; x: number; y: number; radius: number };

const COLORS = 5;

export function seriesClass(series: number): string {
  return `series-${(series % COLORS) + 1}`;
}

export function PlaneMark({ series, x, y, radius: r }: PlaneMarkProps) {
  const name = `plane-mark ${seriesClass(series)}`;
  switch (series % 4) {
    case 0:
      return <circle class={name} cx={x} cy={y} r={r} />;
    case 1:
      return <rect class={name} x={x - r} y={y - r} width={2 * r} height={2 * r} />;
    case 2:
      return (
        <polygon class={name} points={`${x},${y - r - 1} ${x + r + 1},${y + r} ${x - r - 1},${y + r}`} />
      );
    default:
      return (
        <polygon
          class={name}
          points={`${x},${y - r - 1} ${x + r + 1},${y} ${x},${y + r + 1} ${x - r - 1},${y}`}
        />
      );
  }
}
