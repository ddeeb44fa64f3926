// Exponentials, logarithms and angles that are the same bit for bit in every browser.
//
// ECMAScript leaves the last bits of `Math.exp`, `log`, `sin`, `pow`, `hypot` and their like to the engine, and V8, SpiderMonkey
// and JavaScriptCore differ. Here everything is made of sums, products, quotients and square roots, which IEEE 754 fixes: the
// argument is reduced, then a Taylor series is summed. Errors stay within a few units of the last place (see the test).

/** ln 2 in two parts: the first has so few bits that its product with an exponent is exact. */
const LN2_HIGH = Math.round(Math.LN2 * 2 ** 32) / 2 ** 32;
const LN2_LOW = Math.LN2 - LN2_HIGH + 2.3190468138462996e-17;

/** π / 2 in three parts, to the same end. */
const HALF_PI_HIGH = Math.round((Math.PI / 2) * 2 ** 30) / 2 ** 30;
const HALF_PI_MIDDLE = Math.PI / 2 - HALF_PI_HIGH;
const HALF_PI_LOW = 6.123233995736766e-17;

const LOWEST_EXPONENT = -1074;
/** 2^k at index k - LOWEST_EXPONENT. */
const POWERS_OF_TWO = new Float64Array(1024 - LOWEST_EXPONENT);
for (let i = 0, power = Number.MIN_VALUE; i < POWERS_OF_TWO.length; i++, power *= 2) POWERS_OF_TWO[i] = power;
const powerOfTwo = (k: number) => POWERS_OF_TWO[k - LOWEST_EXPONENT] as number;

/** 1 / n! from n = `first` on, every `step`-th, with alternating signs where `sign` is -1. */
function inverseFactorials(first: number, step: number, count: number, sign: 1 | -1): number[] {
  let [factorial, n, turn] = [1, 0, 1];
  return Array.from({ length: count }, (_, i) => {
    while (n < first + i * step) factorial *= ++n;
    const value = turn / factorial;
    turn *= sign;
    return value;
  });
}

/** (e^r - 1 - r) / r^2 in powers of r. */
const EXP_REST = inverseFactorials(2, 1, 13, 1);
/** (2 artanh(s) - 2 s) / s^3 in powers of s^2. */
const LOG_REST = Array.from({ length: 12 }, (_, n) => 2 / (2 * n + 3));
/** (sin(r) - r) / -r^3 and (cos(r) - 1 + r^2 / 2) / r^4 in powers of r^2. */
const SIN_REST = inverseFactorials(3, 2, 8, -1);
const COS_REST = inverseFactorials(4, 2, 8, -1);
/** (arctan(r) - r) / -r^3 in powers of r^2. */
const ATAN_REST = Array.from({ length: 9 }, (_, n) => (n % 2 === 0 ? 1 : -1) / (2 * n + 3));

function polynomial(z: number, coefficients: readonly number[]): number {
  let total = 0;
  for (let n = coefficients.length - 1; n >= 0; n--) total = total * z + (coefficients[n] as number);
  return total;
}

export function exp(x: number): number {
  if (x > 709.79) return Number.POSITIVE_INFINITY;
  if (x < -745.14) return 0;
  const k = Math.round(x / Math.LN2);
  const high = x - k * LN2_HIGH;
  const r = high - k * LN2_LOW;
  const lost = high - r - k * LN2_LOW;
  const mantissa = 1 + (r + (lost + r * r * polynomial(r, EXP_REST)));
  // In two steps, for 2^k alone may lie outside the range of numbers where the result does not.
  const half = k >> 1;
  return mantissa * powerOfTwo(half) * powerOfTwo(k - half);
}

/** e^x - 1, exact for small x too. */
export function expm1(x: number): number {
  if (Math.abs(x) > 0.35) return exp(x) - 1;
  // -0 stays -0.
  return x === 0 ? x : x + x * x * polynomial(x, EXP_REST);
}

const bits = new DataView(new ArrayBuffer(8));

export function log(x: number): number {
  if (!(x > 0 && x < Number.POSITIVE_INFINITY))
    return x === 0 ? Number.NEGATIVE_INFINITY : x > 0 ? x : Number.NaN;
  if (x < 2 ** -1022) return log(x * 2 ** 54) - 54 * Math.LN2;
  bits.setFloat64(0, x);
  let k = (bits.getUint32(0) >>> 20) - 1023;
  let mantissa = x * powerOfTwo(-k);
  if (mantissa > Math.SQRT2) {
    mantissa /= 2;
    k += 1;
  }
  // log(1 + f) = 2 artanh(s) with s = f / (2 + f), and 2 s = f - s f.
  const f = mantissa - 1;
  const s = f / (2 + f);
  const z = s * s;
  return k * LN2_HIGH - (s * (f - z * polynomial(z, LOG_REST)) - k * LN2_LOW - f);
}

/** log(1 + x), exact for small x too. */
export function log1p(x: number): number {
  const sum = 1 + x;
  if (sum === 1 || sum === Number.POSITIVE_INFINITY) return x;
  if (sum <= 0) return log(sum);
  return log(sum) + (x - (sum - 1)) / sum;
}

/** Quarter turns, and what is left of the angle. */
function reduced(x: number): [quarters: number, rest: number] {
  const quarters = Math.round(x / (Math.PI / 2));
  return [quarters & 3, x - quarters * HALF_PI_HIGH - quarters * HALF_PI_MIDDLE - quarters * HALF_PI_LOW];
}

/** Sine of the angle after this many quarter turns; angles up to some million. */
function turned(quarters: number, r: number): number {
  const z = r * r;
  const even = quarters % 2 === 0;
  const value = even ? r - r * z * polynomial(z, SIN_REST) : 1 - (z / 2 - z * z * polynomial(z, COS_REST));
  return (quarters & 3) < 2 ? value : -value;
}

export function sin(x: number): number {
  const [quarters, rest] = reduced(x);
  return turned(quarters, rest);
}

export function cos(x: number): number {
  const [quarters, rest] = reduced(x);
  return turned(quarters + 1, rest);
}

/** Angle of the point (x, y) from the x axis, in -π..π. */
export function atan2(y: number, x: number): number {
  const [near, far] = [Math.min(Math.abs(x), Math.abs(y)), Math.max(Math.abs(x), Math.abs(y))];
  let t = far === 0 ? 0 : near / far;
  // arctan(t) = 2 arctan(t / (1 + sqrt(1 + t^2)))
  for (let halving = 0; halving < 3; halving++) t /= 1 + Math.sqrt(1 + t * t);
  const z = t * t;
  const acute = 8 * (t - t * z * polynomial(z, ATAN_REST));
  const inFirst = Math.abs(y) > Math.abs(x) ? Math.PI / 2 - acute : acute;
  const upper = x < 0 ? Math.PI - inFirst : inFirst;
  return y < 0 ? -upper : upper;
}

/** base^n for a whole n from 0. */
export function power(base: number, n: number): number {
  let [result, square] = [1, base];
  for (let left = n; left > 0; left = Math.floor(left / 2), square *= square)
    if (left % 2 === 1) result *= square;
  return result;
}

export function hypot(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}
