// Numbers, shares, durations, sizes and times as text for people; pure functions.

/** `0`, `12`, `0.8312`, `1.2e-4`: four significant digits, exponent only where it is shorter. */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return 'not a number';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  const text =
    size >= 1e6 || size < 1e-3
      ? value.toExponential(1).replace('e+', 'e')
      : String(Number(value.toPrecision(4)));
  return text.replace('-', '−').replace('e-', 'e−');
}

/** `1.23` with a sign in front: `+1.23`, `−0.5`, `0`. */
export function formatSigned(value: number, digits = 2): string {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return '0';
  return `${value < 0 ? '−' : '+'}${text}`;
}

/** A share in 0..1 as `86.3 %`. */
export function formatPercent(share: number, digits = 1): string {
  return Number.isFinite(share) ? `${percent(share, digits)} %` : '–';
}

/** A share in 0..1 as `86.3`: a percentage without its sign. */
export function percent(share: number, digits = 1): string {
  return (100 * share).toFixed(digits);
}

/** `400`, or `400 (97)` where repeats leave fewer observations to the interval; without `effectiveN` that is not known. */
export function countText({ n, effectiveN = n }: { n: number; effectiveN?: number }): string {
  const effective = Math.round(effectiveN);
  return effective < n ? `${n} (${effective})` : String(n);
}

/** Difference of two shares in percentage points: `+4.2`, `−0.3`. */
export function formatPoints(difference: number): string {
  return formatSigned(difference * 100, 1);
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `0:07`, `3:05`, `1:02:03`. */
export function clock(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/** `0.4 s`, `12 s`, `2 min 05 s`, `1 h 12 min`. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 1) return `${seconds.toFixed(1)} s`;
  if (Math.round(seconds) < 60) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

/** Time left, rounded as coarsely as the estimate deserves. */
export function formatRemaining(milliseconds: number | null): string {
  if (milliseconds === null || !Number.isFinite(milliseconds)) return 'time left not known yet';
  if (milliseconds < 1500) return 'about a second left';
  if (milliseconds < 60_000) return `about ${Math.round(milliseconds / 1000)} s left`;
  if (milliseconds < 3_570_000) return `about ${Math.round(milliseconds / 60_000)} min left`;
  return `about ${formatDuration(milliseconds)} left`;
}

/** `512 B`, `1.4 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** `safe_with_warning` as `safe with warning`. */
export function formatWord(name: string): string {
  return name.replaceAll('_', ' ');
}

/** Date of an ISO time as `2026-11-23 14:05` in the user's time zone. */
export function formatMoment(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
