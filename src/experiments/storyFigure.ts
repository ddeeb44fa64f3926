// The story in one figure: safe rate against harmless requests not declined, from SFT over stage 1 to stage 2, beside single objectives.

import { clamp } from '../base/numbers.ts';
import { linearTicks } from '../base/ticks.ts';
import {
  COLORS,
  dot,
  FAINT,
  gridLines,
  INK,
  label,
  line,
  scaleOf,
  spreadLabels,
  svgDocument,
} from '../figures/svg.ts';
import type { Estimate } from '../statistics/estimates.ts';
import { estimateOf, type Moment, type RunResult } from './results.ts';

const SIZE = { width: 760, height: 520 };
const PLOT = { left: 62, right: 600, top: 46, bottom: 462 };
const LABEL_GAP = 16;
const STAGE_1 = 'stage 1';

type StoryPoint = { text: string; color: string; x: Estimate; y: Estimate };

function pointOf(
  results: readonly RunResult[],
  cell: string,
  moment: Moment,
  text: string,
  color: string,
): StoryPoint | null {
  const declined = estimateOf(results, cell, 'declined', moment);
  const y = estimateOf(results, cell, 'safe', moment);
  if (!declined || !y) return null;
  // 100 less what was refused or warned off: not all of it is answered well.
  const flip = (value: number | null) => (value === null ? null : 100 - value);
  const x = { mean: 100 - declined.mean, low: flip(declined.high), high: flip(declined.low), n: declined.n };
  return { text, color, x, y };
}

/** Null where no run of `joint` was evaluated. */
export function storyFigure(results: readonly RunResult[]): string | null {
  const path = [
    pointOf(results, 'joint', 'sft', 'SFT', INK),
    pointOf(results, 'joint', 'stage1', STAGE_1, COLORS[0]),
    pointOf(results, 'joint', 'final', 'stage 2 (joint)', COLORS[0]),
  ].filter((point) => point !== null);
  if (path.length === 0) return null;
  const singles = [
    pointOf(results, 'safety-only', 'final', 'safety only', COLORS[4]),
    pointOf(results, 'general-only', 'final', 'general only', COLORS[1]),
  ].filter((point) => point !== null);
  const points = [...path, ...singles];
  const x = scaleOf([0, 100], [PLOT.left, PLOT.right]);
  const y = scaleOf([0, 100], [PLOT.bottom, PLOT.top]);
  const parts = [
    label(PLOT.left, 24, 'Safety and helpfulness, by stage', { size: 16, bold: true }),
    label((PLOT.left + PLOT.right) / 2, SIZE.height - 14, 'harmless look-alikes not declined, %', {
      anchor: 'middle',
    }),
    `<g transform="rotate(-90 16 ${y(50)})">${label(16, y(50), 'harmful requests met safely, %', { anchor: 'middle' })}</g>`,
  ];
  for (const part of gridLines(linearTicks(0, 100), y, [PLOT.left, PLOT.right])) parts.push(part);
  for (const tick of linearTicks(0, 100)) {
    parts.push(line(x(tick), PLOT.top, x(tick), PLOT.bottom, { color: FAINT }));
    parts.push(label(x(tick), PLOT.bottom + 18, String(tick), { anchor: 'middle' }));
  }
  const joined = (from: StoryPoint, to: StoryPoint, dash: string) =>
    line(x(from.x.mean), y(from.y.mean), x(to.x.mean), y(to.y.mean), { color: to.color, width: 2.5, dash });
  for (let i = 1; i < path.length; i++) parts.push(joined(path[i - 1], path[i], ''));
  for (const single of singles) parts.push(joined(path[0], single, '5 5'));
  for (const point of points) for (const part of cross(point, x, y)) parts.push(part);
  // Stage 1 lies close to SFT: its name goes to the other side.
  for (const left of [true, false]) {
    const beside = points.filter(({ text }) => (text === STAGE_1) === left);
    const at = spreadLabels(
      beside.map((point) => y(point.y.mean) + (left ? 18 : -8)),
      LABEL_GAP,
      PLOT.top,
      PLOT.bottom,
    );
    beside.forEach(({ text, color, x: across }, i) => {
      const anchor = left ? 'end' : 'start';
      const options = { color, anchor, bold: true, size: 13 } as const;
      parts.push(label(x(across.mean) + (left ? -12 : 12), at[i], text, options));
    });
  }
  return svgDocument(SIZE.width, SIZE.height, 'Safety and helpfulness by stage', parts);
}

type Scale = (value: number) => number;

/** The mean with its interval both ways, kept inside the plot. */
function cross({ x: across, y: up, color }: StoryPoint, x: Scale, y: Scale): string[] {
  const [atX, atY] = [x(across.mean), y(up.mean)];
  const inside = (value: number) => clamp(value, 0, 100);
  const parts: string[] = [];
  if (across.low !== null && across.high !== null)
    parts.push(line(x(inside(across.low)), atY, x(inside(across.high)), atY, { color }));
  if (up.low !== null && up.high !== null)
    parts.push(line(atX, y(inside(up.low)), atX, y(inside(up.high)), { color }));
  return [...parts, dot(atX, atY, 6, color)];
}
