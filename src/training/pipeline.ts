// The pipeline: walks the stage plan iteration by iteration; every iteration is a pure function of (config, seed, state).

import { toWireError } from '../base/errors.ts';
import { scoreSuites } from '../evaluation/index.ts';
import type { Json } from '../storage/types.ts';
import { suitesOf } from '../terms/suites.ts';
import { type Cursor, fromTensors, makeCheckpoint, restoreCheckpoint, toTensors } from './checkpoints.ts';
import { type Answer, type Between, makeModel, type RunState, type TrainingContext } from './context.ts';
import { type AnsweredSuite, answerSuite, scoresByDecoding } from './evaluate.ts';
import { guardWeights } from './guard.ts';
import { headsOf } from './heads.ts';
import { finishHeads, type HeadSet, makeHeadSet } from './headsStage.ts';
import { PinnedPrompts } from './pinned.ts';
import { ProgressMeter } from './progress.ts';
import { modelSpecs } from './rewardModel.ts';
import { SequenceEncoder } from './sequences.ts';
import { type StagePlan, stagePlan } from './stages.ts';
import { setUpStage, trainIteration } from './stageWork.ts';
import { writeBehind } from './writeBehind.ts';

/** Runs (or goes on with) a run until it is done or told to stop. Throws what went wrong; everything stored stays. */
export async function runPipeline(context: TrainingContext, resume: boolean): Promise<'done' | 'stopped'> {
  return new Pipeline(context).run(resume);
}

class Pipeline {
  private readonly plan: StagePlan[];
  private readonly progress: ProgressMeter;
  private readonly pinned: PinnedPrompts;
  private state!: RunState;
  private headSet: HeadSet | null = null;
  /** The place of the newest checkpoint of this thread. */
  private kept: Cursor | null = null;
  private answered: AnsweredSuite[] = [];

  private readonly context: TrainingContext;
  /** Until all is written. */
  private readonly settle: () => Promise<void>;

  constructor(given: TrainingContext) {
    const { store, settle } = writeBehind(given.store);
    this.context = { ...given, store };
    this.settle = settle;
    this.plan = stagePlan(given.settings);
    this.pinned = new PinnedPrompts(this.context);
    this.progress = new ProgressMeter(this.context, this.plan, () => this.state);
  }

  /** Runs, and leaves when what it has stored is written, also where it fails. */
  async run(resume: boolean): Promise<'done' | 'stopped'> {
    try {
      const result = await this.walk(resume);
      await this.settle();
      return result;
    } catch (error) {
      await this.settle().catch(() => undefined);
      throw error;
    }
  }

  private async walk(resume: boolean): Promise<'done' | 'stopped'> {
    const { settings, world } = this.context;
    const specs = modelSpecs(settings);
    this.state = {
      policy: await makeModel(this.context, specs.policy),
      encoder: new SequenceEncoder(world, specs.policy),
      rewardModel: null,
      rewardSpec: specs.reward,
      reference: null,
      step: 0,
      policyVersion: 0,
      guardStrikes: 0,
      multiplier: settings.cost_start,
      skipped: {},
      earlyStops: {},
      bestHeads: null,
    };
    try {
      let cursor: Cursor = resume ? await this.restore() : { stageIndex: 0, nextIteration: 0 };
      while (cursor.stageIndex < this.plan.length) {
        const stage = this.plan[cursor.stageIndex];
        if (stage.kind === 'evaluation' && (await this.isEvaluated(stage.after))) {
          cursor = { stageIndex: cursor.stageIndex + 1, nextIteration: 0 };
          continue;
        }
        if (cursor.nextIteration === 0) {
          await setUpStage(this.context, this.state, stage);
          this.headSet = null;
          this.answered = [];
        }
        if (cursor.nextIteration < stage.iterations)
          await this.pinned.answer(this.state, stage, cursor.nextIteration);
        while (cursor.nextIteration < stage.iterations && !this.isEnded(stage)) {
          const answer = await this.passOn(stage, cursor);
          if (answer === 'stop') return this.stopAt(cursor);
          if (answer === 'skip') {
            await this.skip(stage, cursor);
            break;
          }
          this.progress.begin(cursor.stageIndex);
          await this.iterate(stage, cursor.nextIteration);
          cursor = { ...cursor, nextIteration: cursor.nextIteration + 1 };
          this.progress.end(cursor.stageIndex, cursor.nextIteration, this.state.step);
          await this.pinned.answer(this.state, stage, cursor.nextIteration);
          const due = this.state.step % settings.checkpoint_every === 0;
          if (due && stage.kind !== 'evaluation' && cursor.nextIteration < stage.iterations) {
            await this.save(cursor, 'rolling');
          }
        }
        if (!(await this.leaveStage(stage, cursor))) return this.stopAt(cursor);
        cursor = { stageIndex: cursor.stageIndex + 1, nextIteration: 0 };
        if (stage.kind !== 'evaluation') await this.save(cursor, 'stage-end');
        else if (this.isSkipped(stage)) await this.save(cursor, 'rolling');
      }
      return 'done';
    } finally {
      this.state.policy.dispose();
      this.state.rewardModel?.dispose();
      this.state.reference?.dispose();
    }
  }

  /** The scores of these very weights are stored: of a run stopped right after its evaluation, or taken over by a fork. */
  private async isEvaluated(stage: string): Promise<boolean> {
    const { runId, store } = this.context;
    const found = await store.listEvaluations(runId);
    return found.some((evaluation) => evaluation.stage === stage && evaluation.step === this.state.step);
  }

  /** Before an iteration: the control, and what the stage makes first. */
  private async passOn(stage: StagePlan, cursor: Cursor): Promise<Answer> {
    const answer = await this.context.control.beforeIteration(stage.name, () => this.keep(cursor));
    if (answer !== 'go' || stage.kind !== 'heads') return answer;
    this.progress.begin(cursor.stageIndex);
    return this.prepareHeads(stage, cursor);
  }

  private isSkipped(stage: StagePlan): boolean {
    return Object.hasOwn(this.state.skipped, stage.name);
  }

  /** Before the end of its plan, by the user or by itself. */
  private isEnded(stage: StagePlan): boolean {
    return this.isSkipped(stage) || Object.hasOwn(this.state.earlyStops, stage.name);
  }

  /**
   * Ends a stage early. The skip is stored before anything follows from it, so that a run that dies now skips again; an evaluation
   * keeps nothing, and its skip is stored with the place after it.
   */
  private async skip(stage: StagePlan, cursor: Cursor): Promise<void> {
    this.state.skipped = { ...this.state.skipped, [stage.name]: cursor.nextIteration };
    this.progress.skip(cursor.stageIndex, cursor.nextIteration, this.state.step);
    if (stage.kind !== 'evaluation') await this.save(cursor, 'rolling');
  }

  private async stopAt(cursor: Cursor): Promise<'stopped'> {
    await this.save(cursor, 'rolling');
    return 'stopped';
  }

  /** The place where a paused run rests: whatever ends the page then, no iteration is lost. */
  private async keep(cursor: Cursor): Promise<void> {
    const { kept } = this;
    const { stageIndex, nextIteration } = cursor;
    try {
      if (kept?.stageIndex !== stageIndex || kept.nextIteration !== nextIteration)
        await this.save(cursor, 'rolling');
      // An evaluation begins anew, which loses nothing but its time.
      if (this.plan[stageIndex].kind !== 'evaluation')
        this.progress.kept(stageIndex, nextIteration, this.state.step);
    } catch (thrown) {
      // The run is whole in memory: it can go on once there is room, and its next checkpoint says whether there is.
      const { emit, runId } = this.context;
      emit({ kind: 'error', runId, error: toWireError(thrown) });
    }
  }

  private async save(cursor: Cursor, kind: 'rolling' | 'stage-end'): Promise<void> {
    // An evaluation is short and keeps nothing: a run stopped inside one begins it again.
    const inEvaluation = this.plan[cursor.stageIndex]?.kind === 'evaluation' && kind === 'rolling';
    const at = inEvaluation ? { ...cursor, nextIteration: 0 } : cursor;
    const checkpoint = await makeCheckpoint(this.context, this.state, this.plan, at, kind);
    // The last step's metrics can be sound while its weights are not: such a checkpoint would be of no use.
    guardWeights(
      checkpoint,
      kind === 'stage-end' ? this.plan[cursor.stageIndex - 1].iterations : cursor.nextIteration,
    );
    await this.context.store.putCheckpoint(checkpoint);
    this.kept = cursor;
  }

  private async restore(): Promise<Cursor> {
    const { store, runId } = this.context;
    const checkpoint = await store.latestCheckpoint(runId);
    if (!checkpoint) return { stageIndex: 0, nextIteration: 0 };
    const cursor = await restoreCheckpoint(this.context, checkpoint, this.state);
    const heads = await store.getHeads(runId);
    if (heads && heads.step <= this.state.step && !this.state.rewardModel) {
      this.state.rewardModel = await makeModel(this.context, this.state.rewardSpec);
      await this.state.rewardModel.setParameters(fromTensors(this.state.rewardSpec, heads.tensors, ''));
    }
    this.kept = cursor;
    if (cursor.stageIndex < this.plan.length)
      this.progress.kept(cursor.stageIndex, cursor.nextIteration, this.state.step);
    return cursor;
  }

  /** Makes the heads' examples once. */
  private async prepareHeads(stage: StagePlan, cursor: Cursor): Promise<Answer> {
    if (this.headSet) return 'go';
    let told: Answer = 'go';
    const between = (title: string) =>
      this.between(cursor, title, stage.name, (answer) => {
        told = answer;
      });
    this.headSet = await makeHeadSet(this.context, this.state, between);
    this.say('');
    return told;
  }

  /** Lets long work be paused and stopped, and tells how far it is; it is no part of the time per iteration. */
  private between(
    { nextIteration }: Cursor,
    title: string,
    stage: string | null = null,
    onAnswer: (answer: Answer) => void = () => undefined,
  ): Between {
    return async (what, done, total) => {
      this.progress.prepare({ what, done, total }, nextIteration, this.state.step);
      this.say(`${title}: ${what}, ${done} of ${total}`);
      const answer = await this.context.control.pausePoint(stage);
      this.progress.resume();
      onAnswer(answer);
      return answer === 'go' ? 'go' : 'stop';
    };
  }

  private say(message: string): void {
    const { emit, runId } = this.context;
    emit({ kind: 'status', runId, phase: 'running', message });
  }

  private async iterate(stage: StagePlan, iteration: number): Promise<void> {
    const { context, state } = this;
    if (stage.kind !== 'evaluation') {
      const measuringMs = await trainIteration(context, state, stage, iteration, this.headSet);
      this.progress.measured(measuringMs, context.settings.heads_measure_every);
      return;
    }
    this.answered.push(await answerSuite(context, state, suitesOf(context.settings)[iteration]));
  }

  /** What a stage leaves behind. False where the run was told to stop meanwhile. */
  private async leaveStage(stage: StagePlan, cursor: Cursor): Promise<boolean> {
    const { context, state } = this;
    const { runId, store } = context;
    if (stage.kind === 'heads') {
      this.progress.begin(cursor.stageIndex);
      const between = (title: string) => this.between(cursor, title);
      const reports = await finishHeads(context, state, this.headSet, between);
      this.say('');
      if (!reports) return false;
      await store.putHeads({
        runId,
        step: state.step,
        report: reports as unknown as Json,
        config: state.rewardSpec.config as unknown as Json,
        tensors: toTensors(state.rewardSpec, await headsOf(state).getParameters(), ''),
      });
      context.emit({ kind: 'heads', runId, step: state.step, reports });
    }
    if (stage.kind === 'evaluation' && !this.isSkipped(stage)) {
      const scores = scoresByDecoding(this.answered, (suites) => scoreSuites(suites, context.world));
      const report = { stage: stage.after, step: state.step, ...scores };
      await store.putEvaluation({ runId, ...report, report: report as unknown as Json });
      context.emit({ kind: 'evaluation', runId, ...report });
    }
    return true;
  }
}
