// What a loss makes of every token of a stored group: the update's own minibatch, loss and options, with each token's share.

import { PlaygroundError } from '../base/errors.ts';
import { type Settings, validateSettings } from '../config/index.ts';
import {
  computeLoss,
  LOSS_PARTS,
  LOSSES,
  lossFormulas,
  resolveLossOptions,
  SYMBOLS,
  symbolValues,
  type TokenBreakdown,
} from '../losses/index.ts';
import type { ExplainRequest, LossExplanation, LossShares, TokenExplanation } from '../protocol/inspector.ts';
import type { SampleBatch } from '../storage/types.ts';
import { chosenLoss, lossOptions } from '../training/lossSettings.ts';
import { padded } from '../training/padded.ts';
import { storedGroup } from '../training/sampleRecords.ts';
import { minibatchesOf } from '../training/update.ts';
import type { World } from '../world/index.ts';
import { itemsOf, logProbsUnder } from './groups.ts';
import type { OpenPolicy } from './modelCache.ts';
import { aliveGroups, newAdvantages } from './rescore.ts';

export type ExplainInput = {
  world: World;
  settings: Settings;
  batch: SampleBatch;
  /** Null: the policy that sampled. */
  under: OpenPolicy | null;
  /** The policy at the start of the stage; null where it is not stored. */
  reference: OpenPolicy | null;
};

/** The loss `asked` (null: the run's own) on group `g`, in the first pass of its update. @throws PlaygroundError `not-found` */
export async function explained(
  { world, settings: own, batch, under, reference }: ExplainInput,
  g: number,
  asked: ExplainRequest['loss'],
): Promise<LossExplanation> {
  const settings = asked === null ? own : validateSettings({ loss_type: asked }, own);
  const loss = chosenLoss(settings);
  const options = resolveLossOptions(settings.loss_type, lossOptions(settings));
  const notes: string[] = [];
  const note = (holds: boolean, sentence: string): void => void (holds && notes.push(sentence));
  if (loss === LOSSES.dpo && !reference) {
    throw new PlaygroundError(
      'not-found',
      `${loss.name} needs the policy at the start of the stage, which this run does not hold.`,
      'Choose another loss.',
    );
  }
  note(options.beta !== 0 && !reference, 'KL left out: the policy at the start of the stage is not stored.');
  if (!reference) options.beta = 0;

  const groups = batch.promptIds.map((id, at) => storedGroup(world, world.promptById(id), batch, at));
  const terms = groups.map(({ samples }) => samples.map((sample) => sample.terms));
  const alive = aliveGroups(own, batch, terms).flatMap((keep, at) => (keep ? [at] : []));
  const minibatches = minibatchesOf(settings, batch.step, 0, alive.length);
  const place = minibatches.find((part) => part.includes(alive.indexOf(g)));
  const members = place?.map((at) => alive[at]) ?? [g];
  note(!place, 'This group was left out of the update. Shown as a minibatch of its own.');
  note(settings.replay !== 'none', 'Weights without replayed groups: those are not stored with the rollout.');
  note(settings.entropy_coef !== 0, 'The entropy bonus is not part of these shares.');

  const made = settings === own ? null : newAdvantages(settings, batch, terms);
  const advantages = made ?? batch.advantages;
  note(
    settings !== own && !made,
    `Advantages are those of the run's ${chosenLoss(own).name}: the ones of ${loss.name} need more than is stored.`,
  );
  note(!made && chosenLoss(own).needsValueHead, 'Each advantage is the mean over its response.');

  const input = padded(
    members.map((at) => groups[at]),
    batch.step,
  );
  const { groupSize, time } = input;
  members.forEach((at, m) => {
    for (let s = 0; s < groupSize; s++) {
      const row = m * groupSize + s;
      input.advantage.fill(advantages[at * groupSize + s], row * time, (row + 1) * time);
    }
  });
  const items = itemsOf(world, batch, g);
  const first = members.indexOf(g) * groupSize;
  const logp = Float64Array.from(input.oldLogp);
  const refLogp = reference && Float64Array.from(input.oldLogp);
  const fill = async (policy: OpenPolicy, target: Float64Array) => {
    for (const [s, values] of (await logProbsUnder(policy, items)).entries()) {
      target.set(values, (first + s) * time);
    }
  };
  if (under) await fill(under, logp);
  if (reference && refLogp) await fill(reference, refLogp);
  const tokens = { ...input, logp, refLogp };
  const { breakdown } = computeLoss(settings.loss_type, tokens, options);
  return {
    loss: settings.loss_type,
    name: loss.name,
    formulas: lossFormulas(loss, options),
    symbols: SYMBOLS,
    notes,
    samples: items.map(({ response }, s) =>
      Array.from(response, (_, t) => {
        const i = (first + s) * time + t;
        return tokenOf(breakdown, symbolValues(tokens, options, breakdown, i), i);
      }),
    ),
  };
}

function tokenOf(breakdown: TokenBreakdown, values: TokenExplanation['values'], i: number): TokenExplanation {
  const shares = (of: 'loss' | 'gradLogp') =>
    Object.fromEntries(LOSS_PARTS.map((part) => [part, breakdown[part][of][i]])) as LossShares;
  return {
    values,
    value: breakdown.values[i],
    weight: breakdown.weights[i],
    clipped: breakdown.clipped[i],
    loss: shares('loss'),
    gradient: shares('gradLogp'),
  };
}
