// Small figures as SVG by hand: text and marks that are readable on light and dark pages alike.

/** Grey and colours of middle lightness: a contrast above 3 to white and to near-black. */
export const INK = '#7d7d7d';
export const FAINT = '#80808040';
export const COLORS = ['#3b82c4', '#d07a1f', '#2f9e6e', '#9467bd', '#d1495b', '#808080'] as const;

export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

export const px = (value: number): string => String(Math.round(value * 10) / 10);

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

export function line(x1: number, y1: number, x2: number, y2: number, options: LineOptions = {}): string {
  const { color = INK, width = 1, dash = '' } = options;
  const pattern = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
  return `<path d="M${px(x1)} ${px(y1)}L${px(x2)} ${px(y2)}" stroke="${color}" stroke-width="${width}" fill="none"${pattern}/>`;
}

export function dot(x: number, y: number, radius: number, color: string, opacity = 1): string {
  const faded = opacity === 1 ? '' : ` opacity="${opacity}"`;
  return `<circle cx="${px(x)}" cy="${px(y)}" r="${radius}" fill="${color}"${faded}/>`;
}

/** A whole document on a transparent ground. */
export function svgDocument(width: number, height: number, title: string, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${px(width)} ${px(height)}" font-family="system-ui, sans-serif" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

/** Round ticks over [low, high], about `count` of them. */
export function linearTicks(low: number, high: number, count = 5): number[] {
  const raw = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= raw) ?? 10 * power;
  const ticks: number[] = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high + step * 1e-9; tick += step) {
    ticks.push(Number(tick.toPrecision(6)));
  }
  return ticks;
}

/** Moves wanted positions down as far as needed for `gap` between neighbours, order kept. */
export function spaced(wanted: readonly number[], gap: number): number[] {
  const order = wanted.map((y, i) => ({ y, i })).sort((a, b) => a.y - b.y);
  const result = [...wanted];
  let last = Number.NEGATIVE_INFINITY;
  for (const { y, i } of order) {
    last = Math.max(y, last + gap);
    result[i] = last;
  }
  return result;
}
