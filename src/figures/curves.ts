// Curves as an SVG document: axes, lines with dashes, a legend. Pure; colours are given.

export type SvgCurve = {
  label: string;
  color: string;
  /** Stroke pattern in pixels; empty for a full line. */
  dash: readonly number[];
  x: readonly number[];
  /** Null where there is no point; the line goes on to the next one. */
  y: readonly (number | null)[];
};

export type SvgChart = {
  title: string;
  xLabel: string;
  curves: readonly SvgCurve[];
  logScale?: boolean;
  /** Of the y axis; by the data where absent. */
  range?: readonly [number, number];
  /** Where something begins along x, e.g. stages. */
  marks?: readonly { x: number; label: string }[];
  colors: { ink: string; soft: string; line: string; paper: string };
};

export const SVG_WIDTH = 760;
const PLOT_HEIGHT = 320;
const MARGIN = { left: 62, right: 16, top: 40, bottom: 44 };
const LEGEND_ROW = 18;
const FONT = 'font-family="system-ui, sans-serif"';

function escapeXml(text: string): string {
  return (
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      // What XML does not allow at all.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must go
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '')
  );
}

const px = (value: number): string => String(Math.round(value * 10) / 10);

function label(x: number, y: number, content: string, options: string): string {
  return `<text x="${px(x)}" y="${px(y)}" ${options}>${escapeXml(content)}</text>`;
}

/** Round ticks over [low, high], about `count` of them. */
export function roundTicks(low: number, high: number, count = 5): number[] {
  if (!(high > low)) return [low];
  const raw = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= raw * 0.999) ?? raw;
  const ticks: number[] = [];
  for (let tick = Math.ceil(low / step - 1e-9) * step; tick <= high + step * 1e-9; tick += step)
    ticks.push(Number(tick.toPrecision(10)));
  return ticks;
}

function decadeTicks(low: number, high: number): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
    for (const step of [1, 2, 5]) ticks.push(Number((step * 10 ** power).toPrecision(3)));
  const inside = ticks.filter((tick) => tick >= low * 0.999 && tick <= high * 1.001);
  return inside.length > 8 ? inside.filter((tick) => /^1(?:e|0*$)|^0\.0*1$/.test(String(tick))) : inside;
}

function tickText(value: number): string {
  const size = Math.abs(value);
  if (value !== 0 && (size >= 1e5 || size < 1e-3)) return value.toExponential(0).replace('e+', 'e');
  return String(Number(value.toPrecision(4)));
}

function extent(values: readonly number[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** Points that can be drawn on the chosen axis. */
function drawable({ x, y }: SvgCurve, logScale: boolean): [number, number][] {
  return x.flatMap((at, index): [number, number][] => {
    const value = y[index] ?? null;
    return value !== null && Number.isFinite(value) && (!logScale || value > 0) ? [[at, value]] : [];
  });
}

/** The chart. Curves without points stand in the legend only. */
export function curvesSvg(chart: SvgChart): string {
  const { title, xLabel, curves, logScale = false, colors } = chart;
  const points = curves.map((curve) => drawable(curve, logScale));
  const all = points.flat();
  const height = MARGIN.top + PLOT_HEIGHT + MARGIN.bottom + curves.length * LEGEND_ROW + 8;
  const head = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${SVG_WIDTH}" height="${height}" viewBox="0 0 ${SVG_WIDTH} ${height}" ${FONT} font-size="12" fill="${colors.ink}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${SVG_WIDTH}" height="${height}" fill="${colors.paper}"/>`,
    label(MARGIN.left, 24, title, 'font-size="15" font-weight="600"'),
  ];
  const bottom = MARGIN.top + PLOT_HEIGHT;
  const right = SVG_WIDTH - MARGIN.right;
  const body =
    all.length === 0
      ? [label(MARGIN.left, MARGIN.top + 24, 'No values.', `fill="${colors.soft}"`)]
      : plot(chart, points, all, { bottom, right });
  const legend = curves.flatMap((curve, index) => {
    const y = bottom + MARGIN.bottom + index * LEGEND_ROW + 6;
    return [
      `<path d="M${MARGIN.left} ${px(y - 4)}h34" ${stroke(curve)}/>`,
      label(MARGIN.left + 42, y, curve.label, ''),
    ];
  });
  return [
    ...head,
    ...body,
    ...(all.length > 0
      ? [label((MARGIN.left + right) / 2, bottom + 32, xLabel, `text-anchor="middle" fill="${colors.soft}"`)]
      : []),
    ...legend,
    '</svg>',
    '',
  ].join('\n');
}

function stroke({ color, dash }: SvgCurve): string {
  const pattern = dash.length > 0 ? ` stroke-dasharray="${dash.join(' ')}"` : '';
  return `fill="none" stroke="${color}" stroke-width="2"${pattern} stroke-linejoin="round"`;
}

function plot(
  { curves, logScale = false, range, marks = [], colors }: SvgChart,
  points: readonly (readonly [number, number][])[],
  all: readonly (readonly [number, number])[],
  { bottom, right }: { bottom: number; right: number },
): string[] {
  const [lowX, highX] = extent(all.map(([x]) => x));
  const found = extent(all.map(([, y]) => y));
  const [lowY, highY] = range && !logScale ? range : padded(found, logScale);
  const scale = (value: number): number => (logScale ? Math.log(value) : value);
  const x = (value: number) => MARGIN.left + ((value - lowX) / (highX - lowX || 1)) * (right - MARGIN.left);
  const y = (value: number) =>
    bottom - ((scale(value) - scale(lowY)) / (scale(highY) - scale(lowY) || 1)) * PLOT_HEIGHT;
  const parts: string[] = [];
  for (const tick of logScale ? decadeTicks(lowY, highY) : roundTicks(lowY, highY)) {
    parts.push(`<path d="M${MARGIN.left} ${px(y(tick))}H${right}" stroke="${colors.line}"/>`);
    parts.push(
      label(MARGIN.left - 8, y(tick) + 4, tickText(tick), `text-anchor="end" fill="${colors.soft}"`),
    );
  }
  for (const tick of roundTicks(lowX, highX, 8)) {
    parts.push(`<path d="M${px(x(tick))} ${bottom}v5" stroke="${colors.soft}"/>`);
    parts.push(label(x(tick), bottom + 17, tickText(tick), `text-anchor="middle" fill="${colors.soft}"`));
  }
  parts.push(`<path d="M${MARGIN.left} ${bottom}H${right}" stroke="${colors.soft}"/>`);
  for (const mark of marks.filter((each) => each.x >= lowX && each.x <= highX)) {
    parts.push(
      `<path d="M${px(x(mark.x))} ${MARGIN.top}V${bottom}" stroke="${colors.soft}" stroke-dasharray="2 3"/>`,
    );
    parts.push(label(x(mark.x) + 4, MARGIN.top + 10, mark.label, `font-size="10" fill="${colors.soft}"`));
  }
  curves.forEach((curve, index) => {
    const own = points[index] ?? [];
    const [only] = own;
    if (own.length === 1 && only) {
      parts.push(`<circle cx="${px(x(only[0]))}" cy="${px(y(only[1]))}" r="3" fill="${curve.color}"/>`);
    } else if (own.length > 1) {
      const path = own.map(([a, b], i) => `${i === 0 ? 'M' : 'L'}${px(x(a))} ${px(y(b))}`).join('');
      parts.push(`<path d="${path}" ${stroke(curve)}/>`);
    }
  });
  return parts;
}

function padded([low, high]: [number, number], logScale: boolean): [number, number] {
  if (logScale) return [low / 1.1, high * 1.1];
  const pad = (high - low) * 0.05 || Math.abs(high) * 0.05 || 1;
  return [low - pad, high + pad];
}
