// Claims of the lessons hold on three seeds, by the runs that students train: what safety training shows.

import { describe, expect, it } from 'vitest';
import { joint } from '../../../src/lessons/joint.ts';
import { claimHolds } from '../../../src/lessons/measure.ts';
import { newAttacks } from '../../../src/lessons/newAttacks.ts';
import { picture } from '../../../src/lessons/picture.ts';
import { reward } from '../../../src/lessons/reward.ts';
import { figuresOfLesson, promisedRange, SEEDS, SLACK } from './claims.ts';

describe.each([picture, reward, joint, newAttacks])('lesson $name', (lesson) => {
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
