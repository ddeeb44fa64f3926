// Pinned prompts: what the policy in training is asked again and again, outside of everything that is measured and stored.

import { type ScoredItem, scoreSuites } from '../evaluation/index.ts';
import type { OracleView, PinRequest } from '../protocol/messages.ts';
import { DECODING_TABLE } from '../terms/decodings.ts';
import type { Suite } from '../terms/suites.ts';
import type { Prompt, World } from '../world/index.ts';
import { wordOf } from '../world/vocabulary.ts';
import type { RunState, TrainingContext } from './context.ts';
import { answerPrompts, sampleSuite, suitePrompts } from './evaluate.ts';
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
    const asked = { context: this.#context, state };
    const prompts = pins.prompts.map((id) => world.promptById(id));
    const shown = await answerPrompts(asked, prompts, DECODING_TABLE.greedy.temperature(), 0);
    const answers = shown.map(({ prompt, response }) => ({
      promptId: prompt.id,
      response: response.map(wordOf),
      oracle: oracleView(world, prompt, response),
    }));
    const suites: { suite: Suite; items: ScoredItem[] }[] = [];
    for (const suite of pins.suites) {
      const items = await sampleSuite(asked, suite, suitePrompts(this.#context, suite, pins.samples));
      suites.push({ suite, items });
    }
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
