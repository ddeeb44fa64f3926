// SHA-256 (FIPS 180-4) without the browser's own, which pages on a plain http address do not get.

const PRIMES = firstPrimes(64);
/** Round constants: the first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const ROUND = Uint32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));
/** Initial state: the same of the square roots of the first eight. */
const START = Uint32Array.from(PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
}

/** A float64 has 52 bits of fraction: enough for these 32 beside a whole part below 8. */
function fraction(value: number): number {
  return Math.floor((value - Math.floor(value)) * 2 ** 32);
}

const turned = (x: number, by: number) => (x >>> by) | (x << (32 - by));

/** One block of 64 bytes into the state. */
function mix(state: Uint32Array, block: DataView, words: Uint32Array): void {
  for (let i = 0; i < 16; i++) words[i] = block.getUint32(4 * i);
  for (let i = 16; i < 64; i++) {
    const a = words[i - 15];
    const b = words[i - 2];
    const low = turned(a, 7) ^ turned(a, 18) ^ (a >>> 3);
    const high = turned(b, 17) ^ turned(b, 19) ^ (b >>> 10);
    words[i] = words[i - 16] + low + words[i - 7] + high;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i++) {
    const s1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
    const first = (h + s1 + ((e & f) ^ (~e & g)) + ROUND[i] + words[i]) | 0;
    const s0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
    const second = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) state[i] += value;
}

/** Lower-case hex of the hash of the bytes. */
export function sha256(bytes: Uint8Array): string {
  const state = START.slice();
  const words = new Uint32Array(64);
  const whole = bytes.length - (bytes.length % 64);
  for (let at = 0; at < whole; at += 64)
    mix(state, new DataView(bytes.buffer, bytes.byteOffset + at, 64), words);
  // The rest, a bit 1, zeros, and the length in bits.
  const rest = bytes.length - whole;
  const last = new Uint8Array(rest < 56 ? 64 : 128);
  last.set(bytes.subarray(whole));
  last[rest] = 0x80;
  new DataView(last.buffer).setBigUint64(last.length - 8, 8n * BigInt(bytes.length));
  for (let at = 0; at < last.length; at += 64) mix(state, new DataView(last.buffer, at, 64), words);
  return Array.from(state, (word) => word.toString(16).padStart(8, '0')).join('');
}
