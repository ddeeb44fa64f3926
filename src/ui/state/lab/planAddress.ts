// A plan in the address, after the name of the view: `#lab?plan=...`, and `&seats=30` where a class shares its runs.

import { type Plan, readPlan } from '../../../experiments/plans.ts';
import { isSeat, MOST_SEATS } from '../seats.ts';

/** `seats`: computers among which the runs are divided; null where one does them all. */
export type PlanAddress = { plan: Plan; seats: number | null };

/** The page's address with the plan in it, and without the settings of the form. */
export function planLink({ plan, seats }: PlanAddress, page: string): string {
  const url = new URL(page);
  url.search = '';
  const share = seats === null ? '' : `&seats=${seats}`;
  url.hash = `lab?plan=${encodeURIComponent(JSON.stringify(plan))}${share}`;
  return url.href;
}

/** Null where there is no plan. @throws PlaygroundError in one sentence where it is none that can be used. */
export function planOfHash(hash: string): PlanAddress | null {
  const [, query = ''] = hash.split('?');
  const params = new URLSearchParams(query.replaceAll('+', '%2B'));
  const text = params.get('plan');
  if (text === null) return null;
  const seats = Number(params.get('seats') ?? Number.NaN);
  return { plan: planOfText(text), seats: isSeat(seats, MOST_SEATS) ? seats : null };
}

/** @throws PlaygroundError in one sentence. */
export function planOfText(text: string): Plan {
  let json: unknown = null;
  try {
    json = JSON.parse(text);
  } catch {
    // Said by the reader: it is no plan.
  }
  return readPlan(json);
}
