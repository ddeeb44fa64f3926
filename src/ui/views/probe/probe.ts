// The state of the probe: the question being edited, what the inspector makes of it, and whom it goes to. Outlives the view.

import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { Newest } from '../../../base/latest.ts';
import type {
  AnswerView,
  DrawRequest,
  InspectorCatalogue,
  InspectorControl,
  PictureView,
  PromptView,
} from '../../../protocol/inspector.ts';
import { hashOf, type ProbeAddress } from './address.ts';
import { Asker } from './asker.ts';
import { EXAMPLES, type Example } from './examples.ts';
import { edited, type History, historyOf, redone, restated, undone } from './history.ts';
import { type Problem, problemOf } from './problem.ts';
import { changedDraft, type DrawPlace, draftOfPrompt, type ProbeDraft, placeOfId } from './question.ts';
import type { ProbeSource, ProbeStage } from './sources.ts';
import { isUnfinished, wordsOf } from './suggest.ts';

export type ProbeInspector = Pick<InspectorControl, 'catalogue' | 'draw' | 'compose' | 'picture' | 'answer'>;

/** Quiet time after an edit before the inspector is asked. */
const EDIT_DELAY_MS = 250;
const NOTHING: ProbeDraft = { words: '', scene: null, attack: null, drawn: null };

export class Probe {
  readonly source: Signal<ProbeSource | null> = signal(null);
  readonly catalogue: Signal<InspectorCatalogue | null> = signal(null);
  readonly history: Signal<History<ProbeDraft>> = signal(historyOf(NOTHING));
  readonly draft: ReadonlySignal<ProbeDraft> = computed(() => this.history.value.now);
  /** What the inspector makes of the draft, attack included; null where it can make nothing of it. */
  readonly prompt: Signal<PromptView | null> = signal(null);
  /** The picture of the draft, before any attack on it. */
  readonly picture: Signal<PictureView | null> = signal(null);
  readonly problem: Signal<Problem | null> = signal(null);
  /** The prompt is not yet the one of the draft. */
  readonly reading: Signal<boolean> = signal(false);
  readonly from: Signal<DrawPlace['from']> = signal({ suite: 'safety' });
  readonly index: Signal<number> = signal(0);
  /** Names of stages that are not asked. */
  readonly left: Signal<ReadonlySet<string>> = signal(new Set<string>());
  readonly temperature: Signal<number> = signal(0);
  readonly seed: Signal<number> = signal(1);
  readonly asker: Asker;
  readonly #inspector: ProbeInspector;
  readonly #questions = new Newest();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** A word is being written. */
  #held = false;

  constructor(inspector: ProbeInspector) {
    this.#inspector = inspector;
    this.asker = new Asker(inspector);
  }

  /** The question as the hash of an address. */
  readonly address: ReadonlySignal<string> = computed(() => {
    const { words, scene, attack, drawn } = this.draft.value;
    const [stage] = this.source.value?.stages ?? [];
    const sampled = this.temperature.value > 0;
    return hashOf({
      ...(stage?.ref.kind === 'released' && { model: stage.ref.model }),
      ...(drawn !== null ? { id: drawn } : words !== '' && { words, scene, attack: attack ?? undefined }),
      ...(sampled && { temperature: this.temperature.value, seed: this.seed.value }),
    });
  });

  /** Asks these models from now on; the question stays, read in their world. */
  async use(source: ProbeSource): Promise<void> {
    const isNewest = this.#begin();
    try {
      const catalogue = await this.#inspector.catalogue(source.settings);
      if (!isNewest()) return;
      batch(() => {
        this.source.value = source;
        this.catalogue.value = catalogue;
      });
    } catch (error) {
      if (isNewest()) this.#fail(problemOf(error));
      return;
    }
    const [example] = EXAMPLES;
    if (this.draft.value === NOTHING && example) await this.show(example);
    else await this.read();
  }

  /** The same models with other stages, e.g. because a run has ended one; answers of those that stay are kept. */
  update(source: ProbeSource): void {
    this.source.value = source;
    this.ask('new stages');
  }

  /** What a stage makes of the question when its response begins with these words. */
  async whatIf(stage: ProbeStage, begun: readonly string[]): Promise<AnswerView> {
    const [source, prompt] = [this.source.value, this.prompt.value];
    if (!source || !prompt) throw new Error('a question that is answered has a source and a prompt');
    const [answer] = await this.#inspector.answer({
      models: [stage.ref],
      prompt,
      settings: source.settings,
      temperature: this.temperature.value,
      seed: this.seed.value,
      begun,
    });
    if (!answer) throw new Error('one model was asked, and none answered');
    return answer;
  }

  async show({ question }: Example): Promise<void> {
    const asked = question(this.catalogue.value?.gridSizes[0] ?? 3);
    if ('draft' in asked) {
      this.#record(asked.draft);
      await this.read();
    } else await this.draw({ suite: asked.suite }, asked.index);
  }

  /** The question of a link; the models are chosen elsewhere. A link that names no temperature was made by greedy answers. */
  open({ id, words, scene, attack, temperature = 0, seed = 1 }: ProbeAddress): void {
    this.temperature.value = temperature;
    this.seed.value = seed;
    if (id !== undefined) this.#record({ ...NOTHING, drawn: id });
    else if (words !== undefined)
      this.#record({ words, scene: scene ?? null, attack: attack ?? null, drawn: null });
  }

  async draw(from: DrawRequest['from'], index: number): Promise<void> {
    const { value: source } = this.source;
    if (!source) return;
    batch(() => {
      if (!('id' in from)) this.from.value = from;
      if (!('id' in from)) this.index.value = index;
    });
    const isNewest = this.#begin();
    try {
      const prompt = await this.#inspector.draw({ settings: source.settings, from, index });
      if (!isNewest()) return;
      this.#record(draftOfPrompt(prompt));
      this.#accept(prompt, prompt.image);
    } catch (error) {
      if (isNewest()) this.#fail(problemOf(error, 'draw'));
    }
  }

  edit(change: Partial<Omit<ProbeDraft, 'drawn'>>): void {
    this.#record(changedDraft(this.draft.value, change));
    this.#readSoon();
  }

  /** While a word is being written nothing is asked; `finished` says that it is whole. */
  write(words: string, finished: boolean): void {
    this.#record(changedDraft(this.draft.value, { words }), 'words');
    if (!finished && isUnfinished(words, this.catalogue.value?.words ?? [])) {
      this.#begin();
      this.#held = true;
    } else this.#readSoon();
  }

  /** The field was left: what is held back is asked. */
  finishWriting(): void {
    if (this.#held) this.#readSoon();
  }

  undo(): void {
    this.#keep(undone(this.history.value));
    void this.read();
  }

  redo(): void {
    this.#keep(redone(this.history.value));
    void this.read();
  }

  /** Has the inspector read the draft, then asks the models. */
  async read(): Promise<void> {
    const { value: source } = this.source;
    if (!source) return;
    const isNewest = this.#begin();
    const { settings } = source;
    const { words, scene, attack, drawn } = this.draft.value;
    try {
      const api = this.#inspector;
      if (drawn !== null) {
        const prompt = await api.draw({ settings, from: { id: drawn }, index: 0 });
        if (!isNewest()) return;
        // The same id is another prompt in the world of other models.
        this.history.value = restated(this.history.value, draftOfPrompt(prompt));
        return this.#accept(prompt, prompt.image);
      }
      const picture = scene ? await api.picture({ settings, scene }) : null;
      if (!isNewest()) return;
      this.picture.value = picture;
      const prompt = await api.compose({ settings, words: wordsOf(words), scene, attack });
      if (isNewest()) this.#accept(prompt, picture);
    } catch (error) {
      if (isNewest()) this.#fail(problemOf(error, 'draw'));
    }
  }

  /** Asks anew; sampled answers get the next seed. */
  askAgain(): void {
    if (this.temperature.value > 0) this.seed.value += 1;
    this.ask();
  }

  ask(which: 'all stages' | 'new stages' = 'all stages'): void {
    const [source, prompt] = [this.source.value, this.prompt.value];
    if (!source || !prompt || this.reading.value) return;
    const stages = source.stages.filter(({ name }) => !this.left.value.has(name));
    const [temperature, seed] = [this.temperature.value, this.seed.value];
    const question = { stages, prompt, settings: source.settings, temperature, seed };
    void (which === 'all stages' ? this.asker.ask(question) : this.asker.askMore(question));
  }

  /** Nothing of before counts any more. */
  #begin(): () => boolean {
    clearTimeout(this.#timer);
    this.#held = false;
    batch(() => {
      this.reading.value = true;
      this.problem.value = null;
      this.asker.clear();
    });
    return this.#questions.begin();
  }

  #readSoon(): void {
    this.#begin();
    this.#timer = setTimeout(() => void this.read(), EDIT_DELAY_MS);
  }

  #record(draft: ProbeDraft, mergeAs = ''): void {
    const { value: history } = this.history;
    this.#keep(history.now === NOTHING ? historyOf(draft) : edited(history, draft, mergeAs));
  }

  /** The fields of a draw follow the prompt on show, whichever way it came: by a link, as a twin, by undo. */
  #keep(history: History<ProbeDraft>): void {
    const { drawn } = history.now;
    const place = drawn === null ? null : placeOfId(drawn);
    batch(() => {
      this.history.value = history;
      if (!place) return;
      this.from.value = place.from;
      this.index.value = place.index;
    });
  }

  #accept(prompt: PromptView, picture: PictureView | null): void {
    batch(() => {
      this.reading.value = false;
      this.prompt.value = prompt;
      this.picture.value = picture;
    });
    this.ask();
  }

  #fail(problem: Problem): void {
    batch(() => {
      this.reading.value = false;
      this.prompt.value = null;
      this.problem.value = problem;
    });
  }
}
