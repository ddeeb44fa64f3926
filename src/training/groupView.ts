// The latest group as the page shows it: image, prompt, responses, terms, verdicts, advantages.

import type { GroupEvent } from '../protocol/messages.ts';
import { HEAD_NAMES, HEAD_TASKS, type HeadOutputs } from '../rewards/index.ts';
import { VOCABULARY } from '../world/vocabulary.ts';
import type { RunState, TrainingContext } from './context.ts';
import type { RlIteration } from './rl.ts';

const words = (tokens: ArrayLike<number>) => Array.from(tokens, (token) => VOCABULARY[token]);

/** The head that decides the label's task term, with its most probable class. */
function headVerdict(label: string, heads: HeadOutputs): { name: string; probability: number } | null {
  const head = HEAD_NAMES.find((name) => HEAD_TASKS[name].labels.includes(label as never) && heads[name]);
  const output = head && heads[head];
  if (!head || !output) return null;
  let best = 0;
  for (let i = 1; i < output.length; i++) if (output[i] > output[best]) best = i;
  return { name: `${head}: ${HEAD_TASKS[head].classes[best]}`, probability: output[best] };
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
      terms: { ...sample.terms, gold: sample.gold },
      verdict: headVerdict(prompt.label, sample.heads),
      oracleVerdict: sample.judgement.verdict,
      advantage: advantages[g * samples.length + i],
    })),
  };
}
