// Claims of the lessons hold on three seeds, by the runs that students train: what one update and weak judges show.

import { describe, expect, it } from 'vitest';
import { claimHolds } from '../../../src/lessons/measure.ts';
import { update } from '../../../src/lessons/update.ts';
import { weakJudges } from '../../../src/lessons/weakJudges.ts';
import { figuresOfLesson, promisedRange, SEEDS, SLACK } from './claims.ts';

describe.each([update, weakJudges])('lesson $name', (lesson) => {
  it.each(SEEDS)('holds under seed %i', async (seed) => {
    const figures = await figuresOfLesson(lesson, seed);
    const text = [...figures].map(([name, { value }]) => `${name} ${value.toFixed(1)}`).join(', ');
    expect(claimHolds(lesson, figures), text).toBe(true);
    for (const [name, { value }] of figures) {
      const { low, high } = promisedRange(lesson, name);
      expect(value, `${name}: ${text}`).toBeGreaterThan(low - SLACK);
      expect(value, `${name}: ${text}`).toBeLessThan(high + SLACK);
    }
  });
});
