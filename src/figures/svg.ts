// Small figures as SVG by hand: text and marks that are readable on light and dark pages alike.

/** Grey and colours of middle lightness: a contrast above 3 to white and to near-black. */
export const INK = '#7d7d7d';
export const FAINT = '#80808040';
export const COLORS = ['#3b82c4', '#d07a1f', '#2f9e6e', '#9467bd', '#d1495b', '#808080'] as const;

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

export type TextOptions = {
  anchor?: 'start' | 'middle' | 'end';
  color?: string;
  size?: number;
  bold?: boolean;
};

export function label(x: number, y: number, content: string, options: TextOptions = {}): string {
  const { anchor = 'start', color = INK, size = 12, bold = false } = options;
  const weight = bold ? ' font-weight="600"' : '';
  return `<text x="${px(x)}" y="${px(y)}" font-size="${size}" fill="${color}" text-anchor="${anchor}"${weight}>${escapeXml(content)}</text>`;
}

export type LineOptions = { color?: string; width?: number; dash?: string };

const pattern = (dash: string): string => (dash === '' ? '' : ` stroke-dasharray="${dash}"`);

export function line(x1: number, y1: number, x2: number, y2: number, options: LineOptions = {}): string {
  const { color = INK, width = 1, dash = '' } = options;
  return `<path d="M${px(x1)} ${px(y1)}L${px(x2)} ${px(y2)}" stroke="${color}" stroke-width="${width}" fill="none"${pattern(dash)}/>`;
}

/** Straight lines through the points, in pixels. */
export function polyline(
  points: readonly (readonly [number, number])[],
  { color = INK, width = 1, dash = '' }: LineOptions = {},
): string {
  const path = points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${px(x)} ${px(y)}`).join('');
  return `<path d="${path}" fill="none" stroke="${color}" stroke-width="${width}"${pattern(dash)} stroke-linejoin="round"/>`;
}

/** A faint area, by the points around it, in pixels. */
export function area(points: readonly (readonly [number, number])[], color: string): string {
  const path = points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${px(x)} ${px(y)}`).join('');
  return `<path d="${path}Z" fill="${color}" fill-opacity="0.18"/>`;
}

export function dot(x: number, y: number, radius: number, color: string, { hollow = false } = {}): string {
  const ink = hollow ? `fill="none" stroke="${color}" stroke-width="1.5"` : `fill="${color}"`;
  return `<circle cx="${px(x)}" cy="${px(y)}" r="${radius}" ${ink}/>`;
}

/** Limits of an axis for values from `low` to `high`: a twentieth more at both ends, so that no mark lies on the frame. */
export function padded([low, high]: readonly [number, number]): [number, number] {
  const pad = (high - low) * 0.05 || Math.abs(high) * 0.05 || 1;
  return [low - pad, high + pad];
}

/** A scale of [low, high] onto pixels, linear or logarithmic. */
export function scaleOf(
  [low, high]: readonly [number, number],
  [from, to]: readonly [number, number],
  logScale = false,
): (value: number) => number {
  const place = (value: number) => (logScale ? Math.log(value) : value);
  const [a, b] = [place(low), place(high)];
  return (value) => from + ((place(value) - a) / (b - a || 1)) * (to - from);
}

/** The lines and numbers of a vertical axis, across the plot from `left` to `right`. */
export function gridLines(
  ticks: readonly number[],
  y: (value: number) => number,
  [left, right]: readonly [number, number],
  {
    text = String,
    grid = FAINT,
    ink = INK,
  }: { text?: (tick: number) => string; grid?: string; ink?: string } = {},
): string[] {
  return ticks.flatMap((tick) => [
    line(left, y(tick), right, y(tick), { color: grid }),
    label(left - 8, y(tick) + 4, text(tick), { anchor: 'end', color: ink }),
  ]);
}

/** A tick as it stands at its axis: `0.05`, `20`, `1e5`. */
export function tickText(value: number): string {
  const size = Math.abs(value);
  if (value !== 0 && (size >= 1e5 || size < 1e-3)) return value.toExponential(0).replace('e+', 'e');
  return String(Number(value.toPrecision(4)));
}

/** A whole document, on a transparent ground where no `paper` is given. */
export function svgDocument(
  width: number,
  height: number,
  title: string,
  parts: readonly string[],
  paper?: string,
): string {
  const [w, h] = [px(width), px(height)];
  const size = paper === undefined ? '' : `width="${w}" height="${h}" `;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size}viewBox="0 0 ${w} ${h}" font-family="system-ui, sans-serif" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    ...(paper === undefined ? [] : [`<rect width="${w}" height="${h}" fill="${paper}"/>`]),
    ...parts,
    '</svg>',
    '',
  ].join('\n');
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
