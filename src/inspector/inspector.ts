// The inspector itself: every question of the page, one at a time, on models that are opened when they are first needed.

import { PlaygroundError } from '../base/errors.ts';
import { type Settings, settingsOf, validateSettings } from '../config/index.ts';
import type { Engine } from '../engine/types.ts';
import type {
  AnswerRequest,
  AnswerView,
  BrokenAnswer,
  ComposeRequest,
  CurveReferences,
  DrawRequest,
  EvaluateRequest,
  ExplainRequest,
  GroupRequest,
  InspectorCatalogue,
  InspectorControl,
  LossExplanation,
  PictureView,
  PromptView,
  ReleasedModel,
  RescoredGroup,
  RescoreRequest,
  StoredGroup,
} from '../protocol/inspector.ts';
import type { Releases } from '../releases/releases.ts';
import type { GroupPlace, RunStore, SampleBatch } from '../storage/types.ts';
import type { Scene } from '../terms/scene.ts';
import type { DecodedScores } from '../terms/suites.ts';
import { worldOf } from '../world/index.ts';
import { answerOf } from './answers.ts';
import { brokenAnswers } from './broken.ts';
import { evaluateModel } from './evaluateModel.ts';
import { explained } from './explain.ts';
import { storedGroup } from './groups.ts';
import { instructiveGroups } from './instructive.ts';
import { JudgeMemory } from './judgeMemory.ts';
import { ModelCache } from './modelCache.ts';
import { catalogueOf, composed, drawPrompt, pictureOfScene, promptOfView, viewOfPrompt } from './prompts.ts';
import { curveReferences } from './references.ts';
import { runReport } from './report.ts';
import { changedSettings, rescored } from './rescore.ts';

export type InspectorOptions = {
  store: RunStore;
  releases: Pick<Releases, keyof Releases>;
  /** Opened at the first question that needs a model. */
  openEngine: () => Promise<Engine>;
  /** Gives the thread a turn for its messages. */
  yieldThread: () => Promise<void>;
};

export class Inspector implements Omit<InspectorControl, 'connect'> {
  readonly #options: InspectorOptions;
  readonly #modelCache: ModelCache;
  readonly #judges = new JudgeMemory();
  #engine: Promise<Engine> | null = null;
  /** Calls on a model must not overlap: each question waits for the one before. */
  #last: Promise<unknown> = Promise.resolve();
  #evaluation: { done: number; total: number } | null = null;
  #cancelled = 0;

  constructor(options: InspectorOptions) {
    this.#options = options;
    this.#modelCache = new ModelCache({ ...options, engine: () => this.#openEngine() });
  }

  async released(): Promise<readonly ReleasedModel[]> {
    return await this.#options.releases.list();
  }

  async catalogue(settings: Settings): Promise<InspectorCatalogue> {
    return catalogueOf(validateSettings(settings));
  }

  async draw(request: DrawRequest): Promise<PromptView> {
    const { world, prompt } = drawPrompt({ ...request, settings: validateSettings(request.settings) });
    return viewOfPrompt(world, prompt);
  }

  async compose(request: ComposeRequest): Promise<PromptView> {
    return viewOfPrompt(worldOf(validateSettings(request.settings)), composed(request));
  }

  async picture({ settings, scene }: { settings: Settings; scene: Scene }): Promise<PictureView | null> {
    return pictureOfScene(worldOf(validateSettings(settings)), scene);
  }

  answer(request: AnswerRequest): Promise<readonly AnswerView[]> {
    return this.#inTurn(async () => {
      const answers: AnswerView[] = [];
      for (const ref of request.models) {
        const open = await this.#modelCache.policy(ref);
        const heads = await this.#modelCache.heads(ref);
        const prompt = promptOfView(worldOf(validateSettings(request.settings)), request.prompt);
        answers.push(await answerOf(ref, open, heads, prompt, request));
        await this.#options.yieldThread();
      }
      return answers;
    });
  }

  group({ runId, step, group, ratioUnder }: GroupRequest): Promise<StoredGroup> {
    return this.#inTurn(async () => {
      const { settings, batch } = await this.#batch(runId, step);
      if (!(group in batch.promptIds)) throw missingSamples(step);
      const under = ratioUnder ? await this.#modelCache.policy(ratioUnder) : null;
      return await storedGroup(worldOf(settings), batch, group, under);
    });
  }

  explain({ runId, step, group, under, loss }: ExplainRequest): Promise<LossExplanation> {
    return this.#inTurn(async () => {
      const { settings, batch } = await this.#batch(runId, step);
      if (!(group in batch.promptIds)) throw missingSamples(step);
      const reference = await this.#modelCache.stageStart(runId, batch);
      const input = {
        world: worldOf(settings),
        settings,
        batch,
        under: under && (await this.#modelCache.policy(under)),
        reference: reference && (await this.#modelCache.policy(reference)),
      };
      return await explained(input, group, loss);
    });
  }

  broken({ runId, suite }: { runId: string; suite: string }): Promise<readonly BrokenAnswer[]> {
    return this.#inTurn(async () => {
      const newest = (await this.#options.store.listCheckpoints(runId)).at(-1);
      const start = newest && (await this.#modelCache.stageStart(runId, newest));
      if (!newest || !start) return [];
      const ref = { kind: 'stored' as const, runId, checkpointId: newest.id };
      const policies = [await this.#modelCache.policy(start), await this.#modelCache.policy(ref)] as const;
      return await brokenAnswers(...policies, suite);
    });
  }

  async instructive(runId: string): Promise<readonly GroupPlace[]> {
    return await instructiveGroups(this.#options.store, runId);
  }

  rescore({ runId, step, change }: RescoreRequest): Promise<readonly RescoredGroup[]> {
    return this.#inTurn(async () => {
      const { settings, batch } = await this.#batch(runId, step);
      const after = changedSettings(settings, change);
      const heads = await this.#modelCache.runHeads(runId, settings);
      const judge = this.#judges.for(`${runId} ${step}`, heads);
      return await rescored(worldOf(settings), after, batch, heads, judge);
    });
  }

  async references(settings: Settings): Promise<CurveReferences> {
    return curveReferences(validateSettings(settings));
  }

  evaluate({ model, settings: asked }: EvaluateRequest): Promise<DecodedScores> {
    const cancelledBefore = this.#cancelled;
    const goOn = (): void => {
      if (this.#cancelled !== cancelledBefore)
        throw new PlaygroundError(
          'cancelled',
          'The evaluation was cancelled.',
          'Start it again at any time.',
        );
    };
    return this.#inTurn(async () => {
      try {
        goOn();
        const settings = validateSettings(asked);
        const policy = await this.#modelCache.policy(model);
        const heads = settings.eval_filter > 0 ? await this.#modelCache.headsBefore(model) : null;
        const { scores, greedy } = await evaluateModel(policy, settings, heads, async (done, total) => {
          this.#evaluation = { done, total };
          await this.#options.yieldThread();
          goOn();
        });
        return { scores, greedy };
      } finally {
        this.#evaluation = null;
      }
    });
  }

  async evaluationProgress(): Promise<{ done: number; total: number } | null> {
    return this.#evaluation;
  }

  async cancelEvaluation(): Promise<void> {
    this.#cancelled++;
  }

  report(runId: string): Promise<string> {
    return runReport(this.#options.store, runId);
  }

  adopt(model: string): Promise<string> {
    return this.#inTurn(() => this.#options.releases.adopt(this.#options.store, model));
  }

  async #batch(runId: string, step: number): Promise<{ settings: Settings; batch: SampleBatch }> {
    const { store } = this.#options;
    const [run, batch] = await Promise.all([store.getRun(runId), store.getSamples(runId, step)]);
    if (!run || !batch) throw missingSamples(step);
    return { settings: settingsOf(run), batch };
  }

  #openEngine(): Promise<Engine> {
    this.#engine ??= this.#options.openEngine().catch((error) => {
      this.#engine = null;
      throw error;
    });
    return this.#engine;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work, work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

function missingSamples(step: number): PlaygroundError {
  return new PlaygroundError(
    'not-found',
    `No samples are stored for step ${step} of this run.`,
    'Choose a step of an RL stage.',
    { step },
  );
}
