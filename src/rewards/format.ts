// The format term: does the response have the shape `<think> ... </think> answer <eos>`?

import type { ResponseParts } from './parts.ts';

/** 1 if the response is well formed, else 0 (SafeWork-R1's format reward, arXiv 2507.18576). */
export function formatScore(parts: Pick<ResponseParts, 'formatted'>): number {
  return parts.formatted ? 1 : 0;
}
