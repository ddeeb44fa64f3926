// A loss of one's own: a clip without a corner. Move the file to src/losses/ (imports from './'), add a line to src/losses/table.ts.
//
// `npx tsx examples/softClip.ts` prints its value and gradient on one token; tests/examples/loss.test.ts checks the gradient.

import { fileURLToPath } from 'node:url';
import { composeLoss } from '../src/losses/compose.ts';
import { ratioOf } from '../src/losses/ratio.ts';
import {
  DRIFT_KNOBS,
  defineLoss,
  type LossOptions,
  type TokenLossInput,
  type TokenLossResult,
} from '../src/losses/types.ts';

/**
 * L = -A epsilon tanh((r - 1) / epsilon), r = pi / pi_old. Near r = 1 it is the policy gradient; far from it the gradient
 * fades as 1 - tanh^2 instead of ending at the edge of a clip range.
 */
function softClipped(input: TokenLossInput, options: LossOptions): TokenLossResult {
  return composeLoss(input, options, (i, logRatio) => {
    const ratio = ratioOf(logRatio);
    const squashed = Math.tanh((ratio - 1) / options.epsilon);
    return {
      value: -input.advantage[i] * options.epsilon * squashed,
      // d r / d log r = r.
      gradLogRatio: -input.advantage[i] * (1 - squashed * squashed) * ratio,
      clipped: 0,
    };
  });
}

export const softClip = defineLoss({
  name: 'Soft clip',
  description: 'A ratio surrogate whose gradient fades smoothly outside of the clip range.',
  source: 'ours, as an example',
  advantage: 'group',
  usesRatio: true,
  formula: ({ epsilon }) => `-A * ${epsilon} * tanh((r - 1) / ${epsilon})`,
  knobs: ['epsilon', ...DRIFT_KNOBS],
  defaults: { epsilon: 0.2, lossAggMode: 'token-mean' },
  compute: softClipped,
});

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const logRatio of [-0.5, -0.1, 0, 0.1, 0.5]) {
    const { loss, gradLogp } = softClip.compute(
      {
        batch: 1,
        time: 1,
        groupSize: 1,
        logp: Float64Array.of(logRatio - 1),
        oldLogp: Float64Array.of(-1),
        refLogp: null,
        advantage: Float64Array.of(1),
        mask: [1],
      },
      softClip.defaults,
    );
    console.log(`log-ratio ${logRatio}: loss ${loss.toFixed(4)}, dL/dlogp ${gradLogp[0].toFixed(4)}`);
  }
}
