// The model written as tutorials would, on TensorFlow.js in Node: it samples with its cache what our engine samples.

import { expect, it } from 'vitest';
import { Agreement } from '../../src/bench/agreement.ts';
import { ENGINES } from '../../src/bench/engines.ts';
import type { Contestant } from '../../src/bench/page/contestant.ts';
import { startOurs } from '../../src/bench/page/ours.ts';
import { startTfjs } from '../../src/bench/page/tfjs.ts';
import { GROUP_SIZE, SIZES } from '../../src/bench/task.ts';
import { workOf } from '../../src/bench/worldWork.ts';

// One prompt, a group of samples.
const TINY = { ...SIZES[0], batch: GROUP_SIZE };

it('samples with a cache of keys and values as our engine does', async () => {
  const work = workOf(TINY);
  const agreement = new Agreement();
  const heard: number[] = [];
  const sample = async (contestant: Contestant) => {
    const { tokens, logp } = await contestant.rollout(work.request(0), (count) => heard.push(count));
    const meanLogp = logp.reduce((sum, value) => sum + value, 0) / logp.length;
    const result = { ms: 1, loss: null, phases: null, counts: null, sampled: { meanLogp, meanScore: 0 } };
    return { tokens, wrong: agreement.check('rl', 0, result) };
  };
  const ours = await sample(await startOurs(ENGINES[0], TINY));
  const theirs = await sample(await startTfjs('cpu', TINY));
  expect(theirs.wrong).toBeNull();
  // Rounding may move a token, and then those behind it.
  const same = theirs.tokens.filter((token, i) => token === ours.tokens[i]).length;
  expect(same / ours.tokens.length).toBeGreaterThan(0.9);
  expect(heard).toEqual(Array.from({ length: 24 }, (_, i) => GROUP_SIZE * (i + 1)));
}, 60_000);
