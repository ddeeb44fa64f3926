// The latest group as the page shows it: image, prompt, responses, terms, verdicts, advantages.

import type { GroupEvent, SampleView } from '../protocol/messages.ts';
import { HEAD_NAMES, HEAD_TASKS } from '../rewards/index.ts';
import { VOCABULARY } from '../world/vocabulary.ts';
import type { RunState, TrainingContext } from './context.ts';
import type { RlIteration } from './rl.ts';
import type { Sample } from './rollout.ts';
import { shownTerms } from './sampleRecords.ts';

const words = (tokens: ArrayLike<number>) => Array.from(tokens, (token) => VOCABULARY[token]);

/** The head that decides the label's task term: its most probable class, and the class the oracle would give. */
export function verdictsOf(
  label: string,
  { heads, judgement }: Pick<Sample, 'heads' | 'judgement'>,
): Pick<SampleView, 'verdict' | 'oracleVerdict'> {
  const head = HEAD_NAMES.find((name) => HEAD_TASKS[name].labels.includes(label as never) && heads[name]);
  const output = head && heads[head];
  if (!head || !output) return { verdict: null, oracleVerdict: judgement.verdict };
  const { classes, labelOf } = HEAD_TASKS[head];
  let best = 0;
  for (let i = 1; i < output.length; i++) if (output[i] > output[best]) best = i;
  const truth = labelOf(judgement);
  return {
    verdict: { name: `${head}: ${classes[best]}`, probability: output[best] },
    oracleVerdict: truth === null ? judgement.verdict : `${head}: ${classes[truth]}`,
  };
}

/** One group of an iteration, another one each time. */
export function groupEvent(
  context: TrainingContext,
  state: RunState,
  stage: string,
  { groups, advantages }: RlIteration,
): GroupEvent {
  const g = state.step % groups.length;
  const { prompt, samples } = groups[g];
  const sizePx = context.settings.image_size_px;
  return {
    kind: 'group',
    runId: context.runId,
    step: state.step,
    group: g,
    stage,
    promptId: prompt.id,
    label: prompt.label,
    family: prompt.family,
    attack: prompt.attack,
    prompt: words(prompt.tokens),
    reference: words(prompt.reference),
    harmful: prompt.harmful,
    image: prompt.scene && {
      sizePx,
      rgb: Uint8Array.from(context.world.render(prompt.scene), (value) => Math.round(value * 255)),
    },
    samples: samples.map((sample, i) => ({
      response: words(sample.response),
      logProbs: Array.from(sample.oldLogp),
      terms: {
        ...Object.fromEntries(shownTerms(context.settings).map((term) => [term, sample.terms[term]])),
        gold: sample.gold,
      },
      ...verdictsOf(prompt.label, sample),
      advantage: advantages[g * samples.length + i],
    })),
  };
}
