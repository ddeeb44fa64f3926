// A reward recipe on trial: what is changed, on which stored batch, and what the inspector makes of it.

import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { asPlaygroundError, type PlaygroundError } from '../../../base/errors.ts';
import { Newest } from '../../../base/latest.ts';
import type { SettingKey, Settings, SettingsInput } from '../../../config/index.ts';
import type { RescoredGroup } from '../../../protocol/inspector.ts';
import type { Session } from '../../session/session.ts';
import { withRecipe } from '../../state/samples/recipe.ts';

const REST_MS = 250;

type Question = { step: number; change: SettingsInput };
export type TrialResult = Question & {
  groups: readonly RescoredGroup[];
  /** By group. */
  labels: readonly string[];
};

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
  readonly #questions = new Newest();
  readonly #session: Session;
  readonly #runId: string;

  constructor(session: Session, runId: string) {
    this.#session = session;
    this.#runId = runId;
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
      if (step === null || Object.keys(change).length === 0) this.#questions.begin();
      else if (!this.result.peek())
        this.#questions.soon(REST_MS, (isNewest) => this.#ask({ step, change }, isNewest));
    });
    return () => {
      stop();
      this.#questions.begin();
    };
  }

  async #ask(question: Question, isNewest: () => boolean): Promise<void> {
    const { inspector, store } = this.#session;
    const { step, change } = question;
    const startedAt = performance.now();
    try {
      const [groups, rows] = await Promise.all([
        inspector.rescore({ runId: this.#runId, step, change }),
        store.sampleIndex({ runId: this.#runId, minStep: step, maxStep: step }),
      ]);
      if (!isNewest()) return;
      this.tookMs.value = performance.now() - startedAt;
      this.#answered.value = { ...question, groups, labels: rows.map(({ label }) => label) };
    } catch (error) {
      if (isNewest()) this.error.value = asPlaygroundError(error);
    }
  }
}
