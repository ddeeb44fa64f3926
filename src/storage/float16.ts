// Half-precision floats (IEEE 754 binary16) as bits, for weights in half the space.

const buffer = new DataView(new ArrayBuffer(4));

/** Bits of the nearest half, ties to even. Infinity where it is too large. */
export function halfBits(value: number): number {
  buffer.setFloat32(0, value);
  const bits = buffer.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  const fraction = bits & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (fraction ? 0x200 : 0);
  const scale = exponent - 127 + 15;
  if (scale >= 31) return sign | 0x7c00;
  if (scale <= 0) {
    // Subnormal halves: the implicit bit is written out and everything shifted to the fixed exponent.
    if (scale < -10) return sign;
    return sign | rounded(fraction | 0x800000, 14 - scale);
  }
  // A carry out of the fraction goes into the exponent, which is right, up to infinity.
  return sign | ((scale << 10) + rounded(fraction, 13));
}

/** value / 2^shift to the nearest integer, ties to even. */
function rounded(value: number, shift: number): number {
  const down = value >>> shift;
  const rest = value & ((1 << shift) - 1);
  const middle = 1 << (shift - 1);
  return rest > middle || (rest === middle && (down & 1) === 1) ? down + 1 : down;
}

export function ofHalfBits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** @throws RangeError naming the tensor if a number is not finite as a half. */
export function halvesOf(values: Float32Array, name: string): Uint16Array {
  const halves = Uint16Array.from(values, halfBits);
  const bad = halves.findIndex((bits) => (bits & 0x7c00) === 0x7c00);
  if (bad >= 0) throw new RangeError(`Tensor "${name}" holds ${values[bad]}, which no F16 can hold.`);
  return halves;
}

export function ofHalves(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) values[i] = ofHalfBits(halves[i]);
  return values;
}
