// What a run is asked while it trains: an attack, a harmless look-alike and a question, and the first prompts of a few tests.

import { type Signal, signal } from '@preact/signals';
import type { PinRequest } from '../../protocol/messages.ts';
import { LARGE_SCORES, SCORE_TABLE } from '../../terms/scores.ts';
import { ALL_SUITES, type Suite } from '../../terms/suites.ts';
import { readText, writeText } from '../browser/preferences.ts';

const ATTACK = 'cosmo-pinned-attack';
const ATTACKS: Suite = 'jailbreak-seen';

/** Those of the large figures; none of these counts over all suites. */
const SUITES = LARGE_SCORES.map((name) => SCORE_TABLE[name].suite).filter((suite) => suite !== ALL_SUITES);

/** The prompts that are shown besides the attack. */
const OTHERS = ['suite:overrefusal:0', 'suite:reasoning:0'];
const SAMPLES = 32;
const EVERY = 5;

/** Place of the pinned attack among the known attacks; a reload of the tab knows it. */
const attack: Signal<number> = signal(Number(readText('sessionStorage', ATTACK) ?? 0) || 0);

export function pinAttack(index: number): void {
  attack.value = index;
  writeText('sessionStorage', ATTACK, String(index));
}

/** Ids of attack, look-alike and question. */
export function pinnedPrompts(): readonly string[] {
  return [`suite:${ATTACKS}:${attack.value}`, ...OTHERS];
}

export function pinRequest(): PinRequest {
  return { prompts: pinnedPrompts(), suites: SUITES, samples: SAMPLES, every: EVERY };
}
