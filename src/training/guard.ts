// The guard: stops a run that has become NaN or has collapsed, with a sentence that says so.

import { PlaygroundError } from '../base/errors.ts';
import type { Settings } from '../config/index.ts';
import type { Checkpoint } from '../storage/types.ts';
import { breachOf, WATCHED } from '../terms/collapse.ts';

type Seen = { metric: string; value: number; bound: string };

/** What to change, by the phase in which training left the numbers that mean something. */
const ADVICE = {
  sft: 'Start a new run with a lower sft_learning_rate or a smaller max_grad_norm.',
  heads: 'Start a new run with a lower heads_learning_rate or a smaller max_grad_norm.',
  rl: 'Start a new run with a lower learning rate of the stage, a smaller epsilon, more policy drift or a larger beta.',
  collapse:
    'Start a new run with a higher temperature, a lower learning rate of the stage, an entropy bonus (entropy_coef) or a larger beta.',
  weights:
    'Begin anew, or after another stage; where the weights were trained here, lower the learning rate of the stage.',
} as const;

/** Training has left the numbers that mean something; the last good checkpoint stays. */
export class DivergedError extends PlaygroundError {
  /** `seen`: the metric that gave it away, its value and the bound that it passed. */
  constructor(
    stage: string,
    iteration: number,
    what: string,
    phase: keyof typeof ADVICE,
    seen: Seen | null = null,
  ) {
    super(
      'diverged',
      `The run stopped at iteration ${iteration} of ${stage}: ${what}.`,
      `Its last good checkpoint is kept. ${ADVICE[phase]}`,
      { stage, iteration, ...seen },
    );
  }
}

/** No setting of the guard allows a KL above this, nats: there is nothing to wait for. */
const SENSELESS_KL = 1000;

/** Checks that what is to be stored can be gone on from. @throws DivergedError naming the first tensor that cannot. */
export function guardWeights({ manifest, tensors }: Checkpoint, iteration: number): void {
  for (const [name, { data }] of Object.entries(tensors)) {
    // `every` with a function takes ten times as long, at each checkpoint.
    let i = 0;
    while (i < data.length && Number.isFinite(data[i])) i += 1;
    if (i === data.length) continue;
    throw new DivergedError(manifest.stage, iteration, `${name} holds a value that is no number`, 'weights');
  }
}

/** Checks one iteration's metrics; returns the new number of consecutive strikes. @throws DivergedError */
export function guardIteration(
  settings: Settings,
  stage: string,
  iteration: number,
  metrics: { readonly [name: string]: number },
  strikes: number,
): number {
  for (const name of ['reward', 'grad_norm', 'entropy', 'kl', 'loss']) {
    const value = metrics[name];
    if (value !== undefined && !Number.isFinite(value)) {
      throw new DivergedError(stage, iteration, `${name} is no number`, 'rl', {
        metric: name,
        value,
        bound: '',
      });
    }
  }
  const breach = breachOf(metrics, settings);
  if (breach === null) return 0;
  const { metric, value } = breach;
  if (strikes + 1 >= settings.guard_patience || (metric === 'kl' && value > SENSELESS_KL)) {
    const { bound } = WATCHED[metric];
    const complaint =
      metric === 'kl'
        ? `the KL to the reference is ${value.toFixed(2)}, above ${bound} ${settings[bound]}`
        : `the entropy is ${value.toExponential(1)}, below ${bound} ${settings[bound]} at temperature ${settings.temperature}: the policy has collapsed`;
    throw new DivergedError(stage, iteration, complaint, metric === 'kl' ? 'rl' : 'collapse', {
      metric,
      value,
      bound,
    });
  }
  return strikes + 1;
}
