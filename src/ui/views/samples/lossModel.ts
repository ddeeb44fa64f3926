// The losses that the shown group is explained under: the run's own and one beside it, on which policy, and the token chosen.

import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { asPlaygroundError, type PlaygroundError } from '../../../base/errors.ts';
import { Newest } from '../../../base/latest.ts';
import type { Settings } from '../../../config/index.ts';
import type { LossExplanation } from '../../../protocol/inspector.ts';
import type { GroupPlace } from '../../../storage/types.ts';
import type { Session } from '../../session/session.ts';
import { mostMoved } from '../../state/samples/lossHeat.ts';

const REST_MS = 100;

export type LossName = Settings['loss_type'];
/** Checkpoint id; `''` is the policy that sampled. */
type Under = string;
type Question = { place: GroupPlace; under: Under; second: LossName | '' };
export type TokenPlace = { sample: number; index: number };

export class LossModel {
  readonly under: Signal<Under> = signal('');
  /** `''`: none beside the run's own. */
  readonly second: Signal<LossName | ''>;
  /** What the user chose; null: the one that a step moves most. */
  readonly chosen: Signal<TokenPlace | null> = signal(null);
  readonly token: ReadonlySignal<TokenPlace | null>;
  /** The run's own loss, then the other; empty while there is no answer to what is asked now. */
  readonly explanations: ReadonlySignal<readonly LossExplanation[]>;
  readonly error: Signal<PlaygroundError | null> = signal(null);

  readonly #answered: Signal<(Question & { explanations: readonly LossExplanation[] }) | null> = signal(null);
  readonly #questions = new Newest();
  readonly #session: Session;
  readonly #runId: string;
  readonly #place: ReadonlySignal<GroupPlace | null>;

  constructor(session: Session, runId: string, place: ReadonlySignal<GroupPlace | null>, own: LossName) {
    this.#session = session;
    this.#runId = runId;
    this.#place = place;
    this.second = signal(own === 'grpo' ? 'cpgd' : 'grpo');
    this.explanations = computed(() => {
      const answered = this.#answered.value;
      return answered && answered.place === place.value ? answered.explanations : [];
    });
    this.token = computed(() => {
      const [first] = this.explanations.value;
      if (!first) return null;
      const { value: chosen } = this.chosen;
      return chosen && first.samples[chosen.sample]?.[chosen.index] ? chosen : mostMoved(first);
    });
  }

  choose(token: TokenPlace): void {
    this.chosen.value = token;
  }

  /** Asks whenever group, policy or second loss change, until the returned function is called. */
  watch(): () => void {
    let last: GroupPlace | null = null;
    const stop = effect(() => {
      const place = this.#place.value;
      const question = { under: this.under.value, second: this.second.value };
      if (place !== last) this.chosen.value = null;
      last = place;
      this.error.value = null;
      if (place) this.#questions.soon(REST_MS, (isNewest) => this.#ask({ place, ...question }, isNewest));
      else this.#questions.begin();
    });
    return () => {
      stop();
      this.#questions.begin();
    };
  }

  async #ask(question: Question, isNewest: () => boolean): Promise<void> {
    const { place, under, second } = question;
    const { inspector } = this.#session;
    const request = {
      runId: this.#runId,
      step: place.step,
      group: place.group,
      under: under === '' ? null : { kind: 'stored' as const, runId: this.#runId, checkpointId: under },
    };
    const explanations: LossExplanation[] = [];
    try {
      explanations.push(await inspector.explain({ ...request, loss: null }));
      if (second !== '' && isNewest())
        explanations.push(await inspector.explain({ ...request, loss: second }));
    } catch (error) {
      if (isNewest()) this.error.value = asPlaygroundError(error);
    }
    if (isNewest() && explanations.length > 0) this.#answered.value = { ...question, explanations };
  }
}
