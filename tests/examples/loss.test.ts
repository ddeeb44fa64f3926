// The example of a loss has the gradient of its value.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { softClip } from '../../examples/softClip.ts';
import { randomBatch } from '../losses/batches.ts';

it('the gradient of the soft clip agrees with central differences', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const input = randomBatch({ prompts: 2, groupSize: 2, time: 3, seed, drift: 0.5 });
      const { gradLogp } = softClip.compute(input, softClip.defaults);
      const step = 1e-6;
      for (let i = 0; i < input.logp.length; i++) {
        const lossAt = (change: number) => {
          const logp = Float64Array.from(input.logp);
          logp[i] += change;
          return softClip.compute({ ...input, logp }, softClip.defaults).loss;
        };
        const expected = input.mask[i] === 0 ? 0 : (lossAt(step) - lossAt(-step)) / (2 * step);
        expect(Math.abs(gradLogp[i] - expected)).toBeLessThan(1e-7);
      }
    }),
    { numRuns: 40 },
  );
});
