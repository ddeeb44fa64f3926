// The plan of the kills: seeded, in the order of the run, spread over kinds and stages.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULTS } from '../../src/config/index.ts';
import { planOf } from '../../src/terms/stages.ts';
import { hasReached, KILLS, planKills } from './plan.ts';

const STAGES = planOf(DEFAULTS);

test('the same seed gives the same kills, another one others', () => {
  expect(planKills(7, 20, STAGES)).toEqual(planKills(7, 20, STAGES));
  expect(planKills(8, 20, STAGES)).not.toEqual(planKills(7, 20, STAGES));
});

test('20 kills meet every kind and every stage, each in its place and never going back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), (seed) => {
      const kills = planKills(seed, 20, STAGES);
      expect(kills).toHaveLength(20);
      expect(new Set(kills.map(({ kind }) => kind)).size).toBe(Object.keys(KILLS).length);
      expect(kills[0].at).not.toBeNull();
      const places = kills.flatMap(({ at }) => at ?? []);
      for (const { stageIndex, iteration } of places)
        expect(iteration < STAGES[stageIndex].iterations).toBeTruthy();
      for (const [i, place] of places.slice(1).entries()) expect(hasReached(place, places[i])).toBeTruthy();
      if (places.length >= STAGES.length)
        expect(new Set(places.map(({ stageIndex }) => stageIndex)).size).toBe(STAGES.length);
    }),
  );
});
