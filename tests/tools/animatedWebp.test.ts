// The container of animated pictures; tests/browser/film.browser.ts has a browser read one.

import { describe, expect, it } from 'vitest';
import { animatedWebp } from '../../src/tooling/animatedWebp.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
/** A still picture whose pixels are `pixels`, with a chunk that no animation needs. */
function still(pixels: string): Uint8Array {
  const part = (name: string, content: string) => {
    const padded = content.length % 2 === 0 ? content : `${content}\0`;
    return `${name}${String.fromCharCode(content.length, 0, 0, 0)}${padded}`;
  };
  const all = `WEBP${part('EXIF', 'abc')}${part('VP8 ', pixels)}`;
  return bytes(`RIFF${String.fromCharCode(all.length, 0, 0, 0)}${all}`);
}

describe('an animated picture', () => {
  it('holds the pixels and times of its frames, and nothing else of them', () => {
    const made = animatedWebp(
      [
        { webp: still('odd'), durationMs: 300 },
        { webp: still('even'), durationMs: 70_000 },
      ],
      960,
      540,
    );
    const text = String.fromCharCode(...made);
    const view = new DataView(made.buffer);
    expect(view.getUint32(4, true)).toBe(made.length - 8);
    expect([...text.matchAll(/ANMF/g)]).toHaveLength(2);
    expect(text).not.toContain('EXIF');
    const [first, second] = [...text.matchAll(/ANMF/g)].map(({ index }) => index + 8) as [number, number];
    const uint24 = (at: number) => view.getUint16(at, true) + 65536 * view.getUint8(at + 2);
    for (const [at, durationMs, pixels] of [
      [first, 300, 'VP8 \x03\0\0\0odd\0'],
      [second, 70_000, 'VP8 \x04\0\0\0even'],
    ] as const) {
      expect([uint24(at + 6), uint24(at + 9), uint24(at + 12)]).toEqual([959, 539, durationMs]);
      expect(text.slice(at + 16, at + 16 + pixels.length)).toBe(pixels);
    }
  });

  it('refuses what is no WebP picture', () => {
    expect(() => animatedWebp([{ webp: bytes('RIFF....WAVE'), durationMs: 1 }], 2, 2)).toThrow(/no WebP/);
    expect(() => animatedWebp([{ webp: bytes('RIFF\0\0\0\0WEBP'), durationMs: 1 }], 2, 2)).toThrow(
      /no pixels/,
    );
  });
});
