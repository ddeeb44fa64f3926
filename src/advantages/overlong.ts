// DAPO's soft penalty on completions that come near the length limit.

/**
 * 0 up to maxLength - cacheLength tokens, then linear down to -1 at maxLength, -1 beyond.
 * Source: DAPO, arXiv 2503.14476 Eq. 13.
 */
export function overlongPenalty(length: number, maxLength: number, cacheLength: number): number {
  const free = maxLength - cacheLength;
  if (length <= free) return 0;
  return length > maxLength ? -1 : Math.max(-1, (free - length) / cacheLength);
}
