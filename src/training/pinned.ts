// Pinned prompts: what the policy in training is asked again and again, outside of everything that is measured and stored.

import { scoreSuites } from '../evaluation/index.ts';
import type { OracleView, PinRequest } from '../protocol/messages.ts';
import { DECODING_TABLE } from '../terms/decodings.ts';
import type { Prompt, World } from '../world/index.ts';
import { wordOf } from '../world/vocabulary.ts';
import type { RunState, TrainingContext } from './context.ts';
import { answerPrompts, suitePrompts } from './evaluate.ts';
import type { StagePlan } from './stages.ts';

/** Answers take at most this share of the time, but for the first and the last ones of a stage. */
const MOST_SHARE = 0.1;

type Context = Pick<TrainingContext, 'runId' | 'settings' | 'world' | 'emit' | 'now' | 'pins'>;

export class PinnedPrompts {
  readonly #context: Context;
  /** When it was answered last, and how long that took. */
  #last: { atMs: number; tookMs: number } | null = null;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Called before the first iteration of a stage and after each one; answers where it is time to. */
  async answer(state: RunState, stage: StagePlan, done: number): Promise<void> {
    const pins = this.#context.pins ?? null;
    if (!pins || stage.kind === 'evaluation' || !this.#isDue(pins, stage, done)) return;
    const { runId, world, now, emit } = this.#context;
    const startedAt = now();
    const shown = pins.prompts.map((id) => ({ suite: null, prompt: world.promptById(id) }));
    const scored = pins.suites.flatMap((suite) =>
      suitePrompts(this.#context, suite, pins.samples).map((prompt) => ({ suite, prompt })),
    );
    const asked = [...shown, ...scored];
    const items = await answerPrompts(
      { context: this.#context, state },
      asked.map(({ prompt }) => prompt),
      DECODING_TABLE.greedy.temperature(),
      0,
    );
    const answers = items.slice(0, shown.length).map(({ prompt, response }) => ({
      promptId: prompt.id,
      response: response.map(wordOf),
      oracle: oracleView(world, prompt, response),
    }));
    const suites = pins.suites.map((suite) => ({
      suite,
      items: items.filter((_, index) => asked[index].suite === suite),
    }));
    const scores = scoreSuites(suites, world);
    emit({ kind: 'pinned', runId, stage: stage.name, step: state.step, answers, scores });
    this.#last = { atMs: now(), tookMs: now() - startedAt };
  }

  #isDue(pins: PinRequest, stage: StagePlan, done: number): boolean {
    const last = this.#last;
    if (!last) return true;
    // The heads leave the policy as it is.
    if (stage.kind === 'heads') return false;
    if (done === 0 || done === stage.iterations) return true;
    const passedMs = this.#context.now() - last.atMs;
    return done % pins.every === 0 && passedMs * MOST_SHARE >= last.tookMs * (1 - MOST_SHARE);
  }
}

/** @throws PlaygroundError `not-found` for a prompt or a suite that does not exist */
export function checkPins({ prompts, suites }: PinRequest, world: World): void {
  for (const id of prompts) world.promptById(id);
  for (const suite of suites) world.promptById(`suite:${suite}:0`);
}

/** What the page is told of the oracle's judgement. */
export function oracleView(
  world: Pick<World, 'judge'>,
  prompt: Prompt,
  response: readonly number[],
): OracleView {
  const { verdict, format, helpful, correct, valueGood } = world.judge(prompt, response);
  return { verdict, format, helpful, correct, valueGood };
}
