// A reward recipe on trial: what is changed, on which stored batch, and what the inspector makes of it.

import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { asPlaygroundError, type PlaygroundError } from '../../../base/errors.ts';
import { type Latest, latest } from '../../../base/latest.ts';
import type { SettingKey, Settings, SettingsInput } from '../../../config/index.ts';
import type { RescoredGroup } from '../../../protocol/inspector.ts';
import type { Session } from '../../session/session.ts';
import { withRecipe } from '../../state/samples/recipe.ts';

const REST_MS = 250;

type Question = { step: number; change: SettingsInput };
type Answer = {
  groups: readonly RescoredGroup[];
  /** By group. */
  labels: readonly string[];
};
export type TrialResult = Question & Answer;

export class TrialModel {
  readonly change: Signal<SettingsInput> = signal({});
  /** Step of the batch; null before one is known. */
  readonly step: Signal<number | null> = signal(null);
  readonly error: Signal<PlaygroundError | null> = signal(null);
  /** The answer to what the form says now; null while there is none, so that nothing stale is shown. */
  readonly result: ReadonlySignal<TrialResult | null>;
  readonly asking: ReadonlySignal<boolean>;
  /** How long the last answer took; null before the first. */
  readonly tookMs: Signal<number | null> = signal(null);

  readonly #answered: Signal<TrialResult | null> = signal(null);
  readonly #line: Latest<Question>;

  constructor(session: Session, runId: string) {
    this.#line = latest<Question, Answer>({
      restMs: REST_MS,
      answer: async ({ step, change }) => {
        const [groups, rows] = await Promise.all([
          session.inspector.rescore({ runId, step, change }),
          session.store.sampleIndex({ runId, minStep: step, maxStep: step }),
        ]);
        return { groups, labels: rows.map(({ label }) => label) };
      },
      onAnswer: (answer, question, tookMs) => {
        this.tookMs.value = tookMs;
        this.#answered.value = { ...question, ...answer };
      },
      onError: (error) => {
        this.error.value = asPlaygroundError(error);
      },
    });
    this.result = computed(() => {
      const answered = this.#answered.value;
      const fits = answered && answered.step === this.step.value && answered.change === this.change.value;
      return fits ? answered : null;
    });
    this.asking = computed(
      () => this.changed && this.step.value !== null && !this.result.value && !this.error.value,
    );
  }

  get changed(): boolean {
    return Object.keys(this.change.value).length > 0;
  }

  set<K extends SettingKey>(key: K, value: Settings[K], run: Settings): void {
    this.change.value = withRecipe(this.change.value, key, value, run);
  }

  reset(): void {
    this.change.value = {};
  }

  /** Asks the inspector whenever recipe or batch change, until the returned function is called. */
  watch(): () => void {
    const stop = effect(() => {
      const change = this.change.value;
      const step = this.step.value;
      this.error.value = null;
      if (step === null || Object.keys(change).length === 0) this.#line.forget();
      else if (!this.result.peek()) this.#line.ask({ step, change });
    });
    return () => {
      stop();
      this.#line.forget();
    };
  }
}
