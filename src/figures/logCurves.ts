// Curves as SVG by hand: logarithmic axes, a label at the end of each curve, readable on light and dark pages.

/** A point; `bound` marks one that is only a bound (cut off). */
export type CurvePoint = { x: number; y: number; bound: boolean };

export type CurveSeries = {
  label: string;
  color: string;
  /** Stroke pattern, '' for a full line. */
  dash: string;
  /** Drawn thicker, on top. */
  strong: boolean;
  points: readonly CurvePoint[];
};

export type CurveChart = {
  title: string;
  xLabel: string;
  yLabel: string;
  series: readonly CurveSeries[];
  /** Names along the x axis, such as the sizes. */
  xNames: readonly { x: number; name: string }[];
};

const WIDTH = 860;
const HEIGHT = 540;
const MARGIN = { left: 66, right: 232, top: 46, bottom: 80 };
const LABEL_GAP = 14;
const FONT = 'font-family="system-ui, sans-serif"';
/** Grey with a contrast above 4 to white and to near-black alike. */
export const TEXT_COLOR = '#7d7d7d';
const GRID_COLOR = '#80808040';

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** A logarithmic scale of [low, high] onto pixels. */
export function logScale(low: number, high: number, from: number, to: number): (value: number) => number {
  const [a, b] = [Math.log(low), Math.log(high)];
  return (value) => from + ((Math.log(value) - a) / (b - a || 1)) * (to - from);
}

/** Powers of ten inside [low, high]; 1, 2 and 5 times them where there are few. */
export function logTicks(low: number, high: number): number[] {
  const decades = Math.log10(high / low);
  const steps = decades > 2.5 ? [1] : decades > 1.2 ? [1, 3] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const step of steps) {
      const tick = step * 10 ** power;
      if (tick >= low * 0.999 && tick <= high * 1.001) ticks.push(Number(tick.toPrecision(3)));
    }
  }
  return ticks;
}

/**
 * Moves label positions apart, keeping their order, as little as can be (least squares by pooling adjacent violators), inside
 * [top, bottom].
 */
export function spreadLabels(wanted: readonly number[], gap: number, top: number, bottom: number): number[] {
  const order = wanted.map((y, i) => ({ y, i })).sort((a, b) => a.y - b.y);
  const pools: { mean: number; count: number }[] = [];
  order.forEach(({ y }, k) => {
    let pool = { mean: y - k * gap, count: 1 };
    for (let last = pools.at(-1); last && last.mean > pool.mean; last = pools.at(-1)) {
      const count = last.count + pool.count;
      pool = { mean: (last.mean * last.count + pool.mean * pool.count) / count, count };
      pools.pop();
    }
    pools.push(pool);
  });
  const most = bottom - (wanted.length - 1) * gap;
  const shifts = pools.flatMap(({ mean, count }) => new Array<number>(count).fill(mean));
  const result = [...wanted];
  order.forEach(({ i }, k) => {
    result[i] = Math.max(top, Math.min(shifts[k], most)) + k * gap;
  });
  return result;
}

const compact = (value: number): string => (value >= 1000 ? `${value / 1000}k` : String(value));

function text(x: number, y: number, content: string, options = ''): string {
  return `<text x="${round(x)}" y="${round(y)}" ${options}>${escapeXml(content)}</text>`;
}

/** The chart as one SVG document on a transparent ground. Series without points are left out. */
export function curveSvg(chart: CurveChart): string {
  const series = chart.series.filter(({ points }) => points.length > 0);
  const xs = [...series.flatMap(({ points }) => points.map(({ x }) => x)), ...chart.xNames.map(({ x }) => x)];
  const ys = series.flatMap(({ points }) => points.map(({ y }) => y));
  if (xs.length === 0) throw new RangeError('a chart needs at least one point');
  const pad = 1.15;
  const bottom = HEIGHT - MARGIN.bottom;
  const right = WIDTH - MARGIN.right;
  const [lowY, highY] = ys.length > 0 ? [Math.min(...ys) / pad, Math.max(...ys) * pad] : [1, 10];
  const x = logScale(Math.min(...xs) / pad, Math.max(...xs) * pad, MARGIN.left, right);
  const y = logScale(lowY, highY, bottom, MARGIN.top);
  const parts: string[] = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" ${FONT} font-size="12" fill="${TEXT_COLOR}" role="img">`,
    `<title>${escapeXml(chart.title)}</title>`,
    text(MARGIN.left, 22, chart.title, 'font-size="16" font-weight="600"'),
  ];
  for (const tick of logTicks(lowY, highY)) {
    parts.push(`<path d="M${MARGIN.left} ${round(y(tick))}H${right}" stroke="${GRID_COLOR}"/>`);
    parts.push(text(MARGIN.left - 8, y(tick) + 4, compact(tick), 'text-anchor="end"'));
  }
  chart.xNames.forEach(({ x: at, name }, i) => {
    parts.push(`<path d="M${round(x(at))} ${MARGIN.top}V${bottom}" stroke="${GRID_COLOR}"/>`);
    // Neighbours may stand close: three lines in turn.
    parts.push(text(x(at), bottom + 18 + (i % 3) * 14, name, 'text-anchor="middle"'));
  });
  parts.push(text((MARGIN.left + right) / 2, HEIGHT - 12, chart.xLabel, 'text-anchor="middle"'));
  parts.push(text(MARGIN.left, MARGIN.top - 8, chart.yLabel));
  const ends = series.map(({ points }) => points[points.length - 1]);
  const labels = spreadLabels(
    ends.map((end) => y(end.y)),
    LABEL_GAP,
    MARGIN.top,
    bottom,
  );
  // Strong ones last, so that they lie on top.
  const order = series.map((_, i) => i).sort((a, b) => Number(series[a].strong) - Number(series[b].strong));
  for (const i of order) parts.push(...seriesParts(series[i], labels[i], x, y, right));
  parts.push('</svg>', '');
  return parts.join('\n');
}

function seriesParts(
  { points, color, dash, strong, label }: CurveSeries,
  labelY: number,
  x: (value: number) => number,
  y: (value: number) => number,
  right: number,
): string[] {
  const line = points
    .map((point, i) => `${i === 0 ? 'M' : 'L'}${round(x(point.x))} ${round(y(point.y))}`)
    .join('');
  const style = `fill="none" stroke="${color}" stroke-width="${strong ? 3 : 1.5}"${dash ? ` stroke-dasharray="${dash}"` : ''}`;
  const end = points[points.length - 1];
  const [endX, endY] = [round(x(end.x)), round(y(end.y))];
  return [
    `<path d="${line}" ${style} stroke-linejoin="round"/>`,
    ...points.map(({ x: px, y: py, bound }) => {
      const fill = bound ? `fill="none" stroke="${color}" stroke-width="1.5"` : `fill="${color}"`;
      return `<circle cx="${round(x(px))}" cy="${round(y(py))}" r="${strong ? 4 : 3}" ${fill}/>`;
    }),
    `<path d="M${endX + 6} ${endY}L${right + 6} ${round(labelY)}" stroke="${color}" stroke-opacity="0.4" stroke-width="1"/>`,
    text(right + 10, labelY + 4, label, `fill="${color}"${strong ? ' font-weight="600"' : ''}`),
  ];
}
