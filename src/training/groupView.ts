// The latest group as the page shows it: image, prompt, responses, terms, verdicts, advantages.

import type { GroupEvent } from '../protocol/messages.ts';
import { VOCABULARY } from '../world/vocabulary.ts';
import type { RunState, TrainingContext } from './context.ts';
import type { RlIteration } from './rl.ts';
import { shownTerms } from './sampleRecords.ts';
import { shownVerdict, verdictColumns } from './verdicts.ts';

const words = (tokens: ArrayLike<number>) => Array.from(tokens, (token) => VOCABULARY[token]);

/** One group of an iteration, another one each time. */
export function groupEvent(
  context: TrainingContext,
  state: RunState,
  stage: string,
  { groups, advantages }: RlIteration,
): GroupEvent {
  const g = state.step % groups.length;
  const { prompt, samples } = groups[g];
  const verdicts = verdictColumns(samples);
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
      ...shownVerdict(prompt.label, verdicts, i),
      advantage: advantages[g * samples.length + i],
    })),
  };
}
