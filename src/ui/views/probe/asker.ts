// Asks the chosen stages one after the other; a newer question makes an older one void at once.

import { batch, type Signal, signal } from '@preact/signals';
import { Newest } from '../../../base/latest.ts';
import type { Settings } from '../../../config/index.ts';
import type { AnswerView, InspectorControl, PromptView } from '../../../protocol/inspector.ts';
import { type Problem, problemOf } from './problem.ts';
import type { ProbeStage } from './sources.ts';

/** `answer` is null until it is there. */
export type AskedStage = { stage: ProbeStage; answer: AnswerView | null };

export type Question = {
  stages: readonly ProbeStage[];
  prompt: PromptView;
  settings: Settings;
  temperature: number;
  seed: number;
};

/** The part of the inspector that answers. */
export type Answering = Pick<InspectorControl, 'answer'>;

export class Asker {
  readonly asked: Signal<readonly AskedStage[]> = signal([]);
  readonly busy: Signal<boolean> = signal(false);
  readonly problem: Signal<Problem | null> = signal(null);
  /** How many questions were asked: answers of another number are other ones. */
  readonly number: Signal<number> = signal(0);
  readonly #inspector: Answering;
  readonly #latest = new Newest();

  constructor(inspector: Answering) {
    this.#inspector = inspector;
  }

  /** No answer of before is shown or comes any more. */
  clear(): void {
    this.#latest.begin();
    batch(() => {
      this.asked.value = [];
      this.busy.value = false;
      this.problem.value = null;
    });
  }

  async ask(question: Question): Promise<void> {
    this.clear();
    this.number.value += 1;
    await this.askMore(question);
  }

  /** Asks the same question of other stages; who has answered it is not asked again. */
  async askMore({ stages, ...question }: Question): Promise<void> {
    const isNewest = this.#latest.begin();
    const before = this.asked.value;
    batch(() => {
      this.problem.value = null;
      this.asked.value = stages.map((stage) => ({ stage, answer: answerOf(stage, before) }));
      this.busy.value = this.asked.value.some(({ answer }) => answer === null);
    });
    try {
      // One stage a call: a newer question then waits for one answer at most.
      for (const [index, { stage, answer: known }] of this.asked.value.entries()) {
        if (!isNewest()) return;
        if (known) continue;
        const [answer] = await this.#inspector.answer({ ...question, models: [stage.ref] });
        if (!isNewest() || !answer) return;
        this.asked.value = this.asked.value.map((each, i) => (i === index ? { stage, answer } : each));
      }
    } catch (error) {
      if (isNewest()) this.problem.value = problemOf(error);
    } finally {
      if (isNewest()) this.busy.value = false;
    }
  }

  /** What is answered stays; the rest is no longer waited for. */
  stop(): void {
    this.#latest.begin();
    batch(() => {
      this.busy.value = false;
      this.asked.value = this.asked.value.filter(({ answer }) => answer !== null);
    });
  }
}

/** The answer of the very weights of a stage. */
function answerOf({ ref }: ProbeStage, asked: readonly AskedStage[]): AnswerView | null {
  const key = JSON.stringify(ref);
  return asked.find(({ stage }) => JSON.stringify(stage.ref) === key)?.answer ?? null;
}
