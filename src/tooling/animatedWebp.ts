// Joins WebP pictures of one size to an animated one. The layout is that of the WebP container specification (RFC 9649, 2.7).

/** `webp`: a still picture as a browser saves one. */
export type Frame = { webp: Uint8Array; durationMs: number };

/** Chunks of a still picture that hold its pixels. */
const PIXELS: readonly string[] = ['ALPH', 'VP8 ', 'VP8L'];
const ANIMATED = 0x02;
/** Replaces the frame before, whatever is transparent. */
const NO_BLENDING = 0x02;

/** Endless. @throws Error on bytes that are no WebP picture. */
export function animatedWebp(frames: readonly Frame[], width: number, height: number): Uint8Array {
  const size = [...uint(width - 1, 3), ...uint(height - 1, 3)];
  const head = chunk('VP8X', Uint8Array.from([ANIMATED, 0, 0, 0, ...size]));
  // A background of no colour, and no end to the repetitions.
  const loop = chunk('ANIM', new Uint8Array(6));
  const shown = frames.map(({ webp, durationMs }) => {
    const place = [...uint(0, 6), ...size, ...uint(Math.round(durationMs), 3), NO_BLENDING];
    return chunk('ANMF', joined([Uint8Array.from(place), ...pixelsOf(webp)]));
  });
  return chunk('RIFF', joined([ascii('WEBP'), head, loop, ...shown]));
}

function pixelsOf(webp: Uint8Array): Uint8Array[] {
  const text = (from: number) => new TextDecoder('latin1').decode(webp.subarray(from, from + 4));
  if (text(0) !== 'RIFF' || text(8) !== 'WEBP') throw new Error('A frame is no WebP picture.');
  const view = new DataView(webp.buffer, webp.byteOffset, webp.byteLength);
  const found: Uint8Array[] = [];
  for (let at = 12; at + 8 <= webp.length; ) {
    const length = view.getUint32(at + 4, true);
    if (PIXELS.includes(text(at))) found.push(chunk(text(at), webp.subarray(at + 8, at + 8 + length)));
    at += 8 + length + (length % 2);
  }
  if (found.length === 0) throw new Error('A frame holds no pixels.');
  return found;
}

/** Padded to an even length, which its head does not count. */
function chunk(name: string, bytes: Uint8Array): Uint8Array {
  return joined([ascii(name), uint(bytes.length, 4), bytes, new Uint8Array(bytes.length % 2)]);
}

const ascii = (text: string) => new TextEncoder().encode(text);

/** Little-endian. */
const uint = (value: number, bytes: number) =>
  Uint8Array.from({ length: bytes }, (_, place) => Math.floor(value / 256 ** place) % 256);

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
