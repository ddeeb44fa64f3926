// The latest group as the page shows it: image, prompt, responses, terms, verdicts, advantages.

import type { GroupEvent, PictureView, PromptFacts } from '../protocol/messages.ts';
import type { Prompt, Scene, World } from '../world/index.ts';
import { VOCABULARY } from '../world/vocabulary.ts';
import type { RunState, TrainingContext } from './context.ts';
import type { RlIteration } from './rl.ts';
import { shownTerms } from './sampleRecords.ts';
import { shownVerdict, verdictColumns } from './verdicts.ts';

const words = (tokens: ArrayLike<number>) => Array.from(tokens, (token) => VOCABULARY[token]);

/** A prompt as the page shows it, in training and when it asks. */
export function promptFacts(world: World, prompt: Prompt): PromptFacts {
  const { label, family, attack, harmful, scene } = prompt;
  return {
    label,
    family,
    attack,
    harmful,
    reference: words(prompt.reference),
    image: scene && pictureOf(world, scene),
  };
}

export function pictureOf(world: World, scene: Scene): PictureView {
  const rgb = Uint8Array.from(world.render(scene), (value) => Math.round(value * 255));
  return { sizePx: world.config.imageSizePx, rgb };
}

/** One group of an iteration, another one each time; one that the update learns from, where there is any. */
export function groupEvent(
  context: TrainingContext,
  state: RunState,
  stage: string,
  { groups, advantages }: RlIteration,
): GroupEvent {
  const size = groups[0].samples.length;
  const teaching = groups.flatMap((_, at) =>
    advantages.subarray(at * size, (at + 1) * size).some((advantage) => advantage !== 0) ? [at] : [],
  );
  const g = teaching[state.step % Math.max(1, teaching.length)] ?? state.step % groups.length;
  const { prompt, samples } = groups[g];
  const verdicts = verdictColumns(samples);
  return {
    kind: 'group',
    runId: context.runId,
    step: state.step,
    group: g,
    stage,
    promptId: prompt.id,
    prompt: words(prompt.tokens),
    ...promptFacts(context.world, prompt),
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
