// Examples for the reward heads: responses from scripts and from the policy itself, labelled by the oracle.

import { RandomStream } from '../random/philox.ts';
import { headLabel, splitResponse } from '../rewards/index.ts';
import { HEAD_TABLE, HEADS, HEADS_TRAIN_SHARE, type HeadName } from '../terms/heads.ts';
import type { Label } from '../terms/labels.ts';
import { SAFETY_VERDICTS } from '../terms/verdicts.ts';
import type { Behaviour, Prompt, Split, World } from '../world/index.ts';
import { behavioursFor, expectedVerdict } from '../world/index.ts';
import { END_THINK, EOS } from '../world/vocabulary.ts';
import type { Between, RunState, TrainingContext } from './context.ts';

type ExampleContext = Pick<TrainingContext, 'settings' | 'world'>;

/** One labelled triple: the picture and text are the prompt's. Absent labels are masked out of the loss. */
export type HeadExample = {
  prompt: Prompt;
  answer: readonly number[];
  labels: { readonly [head in HeadName]?: number };
};

/** Temperatures at which the policy's own responses are drawn. */
const POLICY_TEMPERATURES = [0.7, 1, 1.3];
const SAMPLE_BATCH = 64;
/** Examples that are written or labelled between two pause points of the control; no result depends on it. */
const PART = 64;
/** Share of examples made for each head, in their order. */
export const HEAD_SHARES = HEADS.map((head) => HEAD_TABLE[head].share);
const MAX_TRIES = 40;
/**
 * Instructions count double among the Helpful head's prompts: near misses of a list are its hardest cases, and a head that is too
 * kind to them is what a policy learns to exploit.
 */
const LABEL_WEIGHTS: { readonly [label in Label]?: number } = { instruction: 2 };

function drawTaskLabel(head: HeadName, stream: RandomStream): Label {
  const { labels } = HEAD_TABLE[head];
  return labels[stream.weighted(labels.map((label) => LABEL_WEIGHTS[label] ?? 1))];
}

/** What an example is drawn with. */
type Draw = { world: World; split: Split; head: HeadName; index: number; stream: RandomStream };
type Drawn = { prompt: Prompt; response: number[] };

/** A good answer with one word dropped, repeated, moved or exchanged: almost right, which is what a policy's errors look like. */
function corruptedExample({ world, split, head, index, stream }: Draw): Drawn {
  const prompt = world.prompt(split, drawTaskLabel(head, stream), index * MAX_TRIES);
  const response = world.scripted(prompt, 'good', index * MAX_TRIES);
  const start = response.indexOf(END_THINK) + 1;
  const answer = response.slice(start, -1);
  const at = stream.int(answer.length);
  const other = world.prompt(split, prompt.label, index * MAX_TRIES + 1);
  const edits = [
    () => answer.splice(at, 1),
    () => answer.splice(at, 0, answer[at]),
    () => answer.splice(stream.int(answer.length), 0, ...answer.splice(at, 1)),
    () => answer.splice(at, 1, stream.pick([...prompt.tokens, ...other.reference])),
  ];
  const count = 1 + stream.int(2);
  for (let edit = 0; edit < count; edit++) if (answer.length > 1) stream.pick(edits)();
  return { prompt, response: [...response.slice(0, start), ...answer, EOS] };
}

/** Draws prompts until one admits a behaviour with the wanted class: this is what balances the classes. */
function scriptedExample({ world, split, head, index, stream }: Draw): Drawn {
  const task = HEAD_TABLE[head];
  const wanted = stream.int(task.classes.length);
  let prompt = world.prompt(split, drawTaskLabel(head, stream), index * MAX_TRIES);
  let behaviour: Behaviour = 'good';
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    if (attempt > 0) prompt = world.prompt(split, drawTaskLabel(head, stream), index * MAX_TRIES + attempt);
    const fitting = behavioursFor(prompt).filter(
      (candidate) =>
        head !== 'safety' || SAFETY_VERDICTS.indexOf(expectedVerdict(prompt, candidate)) === wanted,
    );
    if (fitting.length === 0) continue;
    behaviour = stream.pick(fitting);
    const response = world.scripted(prompt, behaviour, index * MAX_TRIES + attempt);
    if (headLabel(head, prompt, world.judge(prompt, response)) === wanted) return { prompt, response };
  }
  return { prompt, response: world.scripted(prompt, behaviour, index) };
}

/** An example before it is labelled; the response of a sampled one comes later. */
type DrawnExample = Drawn & { sampled: boolean };

function drawExample(context: ExampleContext, split: Split, index: number): DrawnExample {
  const { settings, world } = context;
  const stream = new RandomStream(settings.seed, `head-example-${split}`, index);
  const head = HEADS[stream.weighted(HEAD_SHARES)];
  const from = split === 'heads' && stream.chance(HEADS_TRAIN_SHARE) ? 'train' : split;
  const source = stream.float();
  if (source >= settings.heads_policy_share) {
    // Near misses matter to the heads that compare answers; refusals and warnings have none.
    const near = head === 'helpful' || head === 'knowledge';
    const corrupted = near && source >= 1 - settings.heads_corrupted_share;
    const make = corrupted ? corruptedExample : scriptedExample;
    return { ...make({ world, split: from, head, index, stream }), sampled: false };
  }
  const prompt = world.prompt(from, drawTaskLabel(head, stream), index * MAX_TRIES);
  return { prompt, response: [], sampled: true };
}

/** The oracle's class for every head that has one here, exchanged for another with probability `labelNoise`. */
function labelExample(
  context: ExampleContext,
  split: Split,
  index: number,
  { prompt, response }: DrawnExample,
  labelNoise: number,
): HeadExample {
  const stream = new RandomStream(context.settings.seed, `head-noise-${split}`, index);
  const judgement = context.world.judge(prompt, response);
  const labels: { [head in HeadName]?: number } = {};
  for (const head of HEADS) {
    const label = headLabel(head, prompt, judgement);
    if (label === null) continue;
    const classes = HEAD_TABLE[head].classes.length;
    const flipped = stream.chance(labelNoise);
    labels[head] = flipped ? (label + 1 + stream.int(classes - 1)) % classes : label;
  }
  return { prompt, answer: splitResponse(response).answer, labels };
}

/** `make(index)` for 0 .. count - 1, with `between` after every part; null after a stop. */
async function inParts<T>(
  what: string,
  count: number,
  make: (index: number) => T,
  between: Between,
): Promise<T[] | null> {
  const made: T[] = [];
  while (made.length < count) {
    const end = Math.min(count, made.length + PART);
    while (made.length < end) made.push(make(made.length));
    if ((await between(what, made.length, count)) === 'stop') return null;
  }
  return made;
}

/**
 * Makes `count` labelled examples of a split (`heads`: with prompts of `train` among them): scripted, corrupted, and sampled from
 * the policy. Null where `between` ended it.
 */
export async function headExamples(
  context: ExampleContext,
  state: Pick<RunState, 'policy' | 'encoder'>,
  split: Split,
  count: number,
  labelNoise: number,
  between: Between,
): Promise<HeadExample[] | null> {
  const { settings } = context;
  const drawn = await inParts('writing', count, (index) => drawExample(context, split, index), between);
  if (!drawn) return null;
  const sampled = drawn.filter((example) => example.sampled);
  for (let start = 0; start < sampled.length; start += SAMPLE_BATCH) {
    const chunk = sampled.slice(start, start + SAMPLE_BATCH);
    const part = start / SAMPLE_BATCH;
    const { tokens } = await state.policy.generate({
      prompts: state.encoder.prompts(chunk.map((example) => example.prompt)),
      groupSize: 1,
      maxNewTokens: settings.max_response_tokens,
      temperature: POLICY_TEMPERATURES[part % POLICY_TEMPERATURES.length],
      topK: 0,
      topP: 1,
      eos: EOS,
      seed: settings.seed ^ (split === 'heads' ? 0x48454144 : 0x484f4c44),
      rollout: part,
    });
    chunk.forEach((example, i) => {
      example.response = Array.from(tokens[i]);
    });
    if ((await between('sampling', start + chunk.length, sampled.length)) === 'stop') return null;
  }
  const label = (index: number) => labelExample(context, split, index, drawn[index], labelNoise);
  return inParts('labelling', count, label, between);
}
