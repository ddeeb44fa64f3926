// Places labels beside points so that they cover neither each other nor a point, as far as there is room.

export type Box = { x: number; y: number; width: number; height: number };
export type PlacedLabel = Box & {
  /** Far enough from its point to need a line to it. */
  far: boolean;
};

const DISTANCES = [9, 18, 30, 44, 62, 84];
/** Right first, then left, above, below and the corners. */
const DIRECTIONS = [
  [1, 0],
  [-1, 0],
  [0, -1],
  [0, 1],
  [1, -1],
  [1, 1],
  [-1, -1],
  [-1, 1],
] as const;
const POINT_RADIUS = 7;
/** Covering a label or a point is far worse than lying on a line, and that is worse than being away from the point. */
const COST = { outside: 1e4, label: 1e3, point: 1e3, line: 12, distance: 1 } as const;

/**
 * One label per point (`width` x `height` pixels each), greedily in the given order; `lines` are thin boxes that are better not
 * covered.
 */
export function placeLabels(points: readonly Box[], bounds: Box, lines: readonly Box[] = []): PlacedLabel[] {
  const placed: PlacedLabel[] = [];
  for (const point of points) {
    let best: { label: PlacedLabel; cost: number } | null = null;
    for (const [step, distance] of DISTANCES.entries()) {
      for (const [order, [dx, dy]] of DIRECTIONS.entries()) {
        const box = beside(point, dx, dy, distance);
        const cost =
          outside(box, bounds) * COST.outside +
          placed.filter((other) => overlap(box, other)).length * COST.label +
          points.filter((other) => overlap(box, pointBox(other))).length * COST.point +
          lines.filter((line) => overlap(box, line)).length * COST.line +
          (distance + order / DIRECTIONS.length) * COST.distance;
        if (!best || cost < best.cost) best = { label: { ...box, far: step > 1 }, cost };
      }
    }
    if (best) placed.push(best.label);
  }
  return placed;
}

export function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function beside({ x, y, width, height }: Box, dx: number, dy: number, distance: number): Box {
  return {
    x: dx > 0 ? x + distance : dx < 0 ? x - distance - width : x - width / 2,
    y: dy > 0 ? y + distance : dy < 0 ? y - distance - height : y - height / 2,
    width,
    height,
  };
}

function pointBox({ x, y }: Box): Box {
  return { x: x - POINT_RADIUS, y: y - POINT_RADIUS, width: 2 * POINT_RADIUS, height: 2 * POINT_RADIUS };
}

/** How many sides stick out. */
function outside(box: Box, bounds: Box): number {
  return (
    Number(box.x < bounds.x) +
    Number(box.y < bounds.y) +
    Number(box.x + box.width > bounds.x + bounds.width) +
    Number(box.y + box.height > bounds.y + bounds.height)
  );
}
