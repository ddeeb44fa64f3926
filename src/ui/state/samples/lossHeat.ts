// What a loss does to a token, as heat: its push in all, each part of it, the share in the loss, the clip, the weight.

import { extent } from '../../../base/numbers.ts';
import type { LossExplanation, TokenExplanation } from '../../../protocol/inspector.ts';

/** `cue`: how it looks besides its colour, see `.tok` in parts.css. */
export type HeatLevel = { name: string; cue: string; words: string };

export const LOSS_HEATS = ['push', 'objective', 'drift', 'kl', 'loss', 'clip', 'weight'] as const;
export type LossHeat = (typeof LOSS_HEATS)[number];

type LossHeatRow = {
  title: string;
  about: string;
  levels: readonly HeatLevel[];
  levelOf: (value: number, largest: number) => HeatLevel | null;
  numberOf: (token: TokenExplanation) => number;
};

const CUES = ['double line below', 'dotted line below', 'plain', 'dotted line above', 'double line above'];

/** Five levels from far below 0 to far above it; `far`: at least half of the largest. */
function signedLevels(words: readonly [string, string, string, string, string]) {
  const levels = words.map((each, i) => ({ name: `r${i}`, cue: CUES[i] ?? '', words: each }));
  const levelOf = (value: number, largest: number): HeatLevel | null => {
    const far = Math.abs(value) >= largest / 2 ? 2 : 1;
    return levels[2 + Math.sign(value) * far] ?? null;
  };
  return { levels, levelOf };
}

const PUSH = signedLevels(['down, hard', 'down', 'not moved', 'up', 'up, hard']);

/** The loss is minimised: a token moves against its gradient. */
const partPush = (part: keyof TokenExplanation['gradient']) => (token: TokenExplanation) =>
  0 - token.gradient[part];

const CLIP_LEVELS: readonly HeatLevel[] = [
  { name: 'r0', cue: 'double line below', words: 'clipped below' },
  { name: 'r2', cue: 'plain', words: 'not clipped' },
  { name: 'r4', cue: 'double line above', words: 'clipped above' },
];

const WEIGHT_LEVELS: readonly HeatLevel[] = [
  { name: 'p0', cue: 'plain', words: 'weight 0' },
  { name: 'p1', cue: 'dotted', words: 'under half of the largest' },
  { name: 'p3', cue: 'line', words: 'half of it or more' },
  { name: 'p4', cue: 'double', words: 'the largest' },
];

export const LOSS_HEAT_TABLE: { readonly [heat in LossHeat]: LossHeatRow } = {
  push: {
    title: 'push of the update',
    about: '−∂L/∂log p: whether a step makes the token likelier or less likely, and how hard.',
    ...PUSH,
    numberOf: pushOf,
  },
  objective: {
    title: 'push of the objective',
    about: 'The part of the push that comes from the advantage.',
    ...PUSH,
    numberOf: partPush('objective'),
  },
  drift: {
    title: 'push of the policy drift',
    about: 'The pull back to the policy that sampled. 0 while the policy has not moved.',
    ...PUSH,
    numberOf: partPush('drift'),
  },
  kl: {
    title: 'push of the KL',
    about: 'The pull back to the policy at the start of the stage.',
    ...PUSH,
    numberOf: partPush('kl'),
  },
  loss: {
    title: 'share in the loss',
    about: 'What the token adds to the loss: weight × (objective + drift + KL).',
    ...signedLevels(['lowers it, much', 'lowers it', 'adds nothing', 'raises it', 'raises it, much']),
    numberOf: ({ loss }) => loss.objective + loss.drift + loss.kl,
  },
  clip: {
    title: 'clip',
    about: 'Where the ratio has left the clip range in the direction of the advantage.',
    levels: CLIP_LEVELS,
    levelOf: (value) => CLIP_LEVELS[value + 1] ?? null,
    numberOf: ({ clipped }) => clipped,
  },
  weight: {
    title: 'weight in the mean',
    about: 'What the loss multiplies a token with: it depends on how the loss is averaged.',
    levels: WEIGHT_LEVELS,
    levelOf: (value, largest) =>
      WEIGHT_LEVELS[value === 0 ? 0 : value >= 0.999 * largest ? 3 : value >= largest / 2 ? 2 : 1] ?? null,
    numberOf: ({ weight }) => weight,
  },
};

/** Up above 0, down below it. */
export function pushOf({ gradient: { objective, drift, kl } }: TokenExplanation): number {
  return 0 - objective - drift - kl;
}

/** The largest size of the heat's number in the group. */
export function largestOf(heat: LossHeat, { samples }: LossExplanation): number {
  const { numberOf } = LOSS_HEAT_TABLE[heat];
  return Math.max(0, extent(samples.flat().map((token) => Math.abs(numberOf(token))))[1]);
}

/**
 * The token that a step moves most, where a look begins; null in a group without tokens. A push moves a token's logit by its size
 * times 1 - p: one that is certain cannot become likelier.
 */
export function mostMoved({ samples }: LossExplanation): { sample: number; index: number } | null {
  const all = samples.flatMap((tokens, sample) =>
    tokens.map((token, index) => {
      const { logp = 0 } = token.values;
      return { sample, index, push: Math.abs(pushOf(token)) * (1 - Math.exp(logp)) };
    }),
  );
  const [first] = all.sort((a, b) => b.push - a.push);
  return first ? { sample: first.sample, index: first.index } : null;
}
