// Where everything on the plane lies, in pixels: scales, whiskers, arrows, front and labels.

import { clamp, extent } from '../../../base/numbers.ts';
import { roundStep } from '../../../base/ticks.ts';
import { stageTitle } from '../../../terms/stages.ts';
import { type PlacedLabel, placeLabels } from './labels.ts';
import { type PlanePoint, type PlaneSeries, paretoFront, pointName } from './plane.ts';

export const MARK_RADIUS = 6;
const MARGIN = { top: 12, right: 26, bottom: 44, left: 66 };
const CHARACTER_PX = 6.9;
const LABEL_HEIGHT_PX = 16;
const MOST_LETTERS = 26;
const ARROW_PX = 8;
const NARROW_PX = 480;

export type Scale = { max: number; ticks: readonly number[]; at: (value: number) => number };
export type Arrow = { series: number; line: readonly [number, number, number, number]; head: string };
export function planeLayout(
  points: readonly PlanePoint[],
  series: readonly PlaneSeries[],
  width: number,
  height: number,
) {
  const plot = {
    x: MARGIN.left,
    y: MARGIN.top,
    width: width - MARGIN.left - MARGIN.right,
    height: height - MARGIN.top - MARGIN.bottom,
  };
  const bottom = plot.y + plot.height;
  const xScale = scaleOf(
    points.map(({ x }) => x.high),
    (share) => plot.x + share * plot.width,
  );
  const yScale = scaleOf(
    points.map(({ y }) => y.high),
    (share) => bottom - share * plot.height,
  );
  const onFront = paretoFront(points);
  /** Marks with the ends of their whiskers. */
  const places = points.map(({ x, y }, index) => ({
    x: xScale.at(x.value),
    y: yScale.at(y.value),
    left: xScale.at(x.low),
    right: xScale.at(x.high),
    top: yScale.at(y.high),
    bottom: yScale.at(y.low),
    front: onFront[index] ?? false,
  }));
  const whiskers = places.flatMap(({ x, y, left, right, top, bottom: low }) => [
    { x: left, y: y - 1, width: right - left, height: 2 },
    { x: x - 1, y: top, width: 2, height: low - top },
  ]);
  // Where there is little room, mark and legend say which model it is.
  const texts = points.map((point) =>
    width < NARROW_PX ? stageTitle(point.stage) : shortened(pointName(point, series)),
  );
  const labels = placeLabels(
    places.map(({ x, y }, index) => ({
      x,
      y,
      width: (texts[index]?.length ?? 0) * CHARACTER_PX + 4,
      height: LABEL_HEIGHT_PX,
    })),
    plot,
    whiskers,
  );
  return {
    plot,
    xScale,
    yScale,
    marks: places.map((place, index) => ({
      ...place,
      label: { ...(labels[index] as PlacedLabel), text: texts[index] ?? '' },
    })),
    arrows: points.flatMap((point, index) => {
      const before = points[index - 1];
      if (!before || before.series !== point.series) return [];
      const arrow = arrowBetween(places[index - 1] as Place, places[index] as Place);
      return arrow ? [{ series: point.series, ...arrow }] : [];
    }),
    /** Points of the staircase through the front; empty with fewer than two. */
    front: staircase(places.filter(({ front }) => front)),
  };
}

type Place = { x: number; y: number };

/** From 0 to a round share above the largest value. */
function scaleOf(highs: readonly number[], place: (share: number) => number): Scale {
  const highest = Math.max(0.05, extent(highs)[1]);
  const step = roundStep(highest, 5);
  const count = Math.min(Math.ceil(highest / step - 1e-9), Math.ceil(1 / step));
  const max = Math.min(1, count * step);
  const ticks = Array.from({ length: count + 1 }, (_, index) => Math.min(1, index * step));
  return { max, ticks, at: (value) => place(clamp(value / max, 0, 1)) };
}

function shortened(text: string): string {
  if (text.length <= MOST_LETTERS) return text;
  const colon = text.lastIndexOf(': ');
  const stage = colon < 0 ? '' : text.slice(colon);
  return `${text.slice(0, MOST_LETTERS - stage.length - 1)}…${stage}`;
}

/** From mark to mark, ending before it; null where they lie too close for an arrow. */
function arrowBetween(from: Place, to: Place): Pick<Arrow, 'line' | 'head'> | null {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy);
  const free = MARK_RADIUS + 3;
  if (length < 2 * free + ARROW_PX) return null;
  const [ux, uy] = [dx / length, dy / length];
  const tip = { x: to.x - ux * free, y: to.y - uy * free };
  const base = { x: tip.x - ux * ARROW_PX, y: tip.y - uy * ARROW_PX };
  const side = ARROW_PX / 2.2;
  const corners = [
    [tip.x, tip.y],
    [base.x - uy * side, base.y + ux * side],
    [base.x + uy * side, base.y - ux * side],
  ];
  return {
    line: [from.x + ux * free, from.y + uy * free, base.x, base.y],
    head: corners.map((corner) => corner.map((value) => value.toFixed(1)).join(',')).join(' '),
  };
}

/** Down and right through the points of the front, so that all above and right of it is unreached. */
function staircase(places: readonly Place[]): string {
  const sorted = [...places].sort((a, b) => a.x - b.x || a.y - b.y);
  if (sorted.length < 2) return '';
  return sorted
    .flatMap(({ x, y }, index) => {
      const before = sorted[index - 1];
      return before
        ? [`${before.x.toFixed(1)},${y.toFixed(1)}`, `${x.toFixed(1)},${y.toFixed(1)}`]
        : [`${x.toFixed(1)},${y.toFixed(1)}`];
    })
    .join(' ');
}
