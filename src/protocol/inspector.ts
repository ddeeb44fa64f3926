// The inspector: a thread that answers the page's questions on stored runs and released models. It never trains.

import type { Settings, SettingsInput } from '../config/index.ts';
import type { HeadReport } from '../terms/heads.ts';
import type { GroupPlace, RunRecord } from '../terms/run.ts';
import type { Scene } from '../terms/scene.ts';
import type { DecodedScores } from '../terms/suites.ts';
import type { OracleView, PictureView, PromptFacts, SampleView } from './messages.ts';

export type { PictureView };

/** A policy that can be asked. */
export type ModelRef =
  | { kind: 'released'; model: string; stage: string }
  | { kind: 'stored'; runId: string; checkpointId: string };

/** A model that comes with the page: its weights are fetched when they are first asked for. */
export type ReleasedModel = Pick<RunRecord, 'createdAt' | 'preset' | 'seed' | 'code' | 'engine'> & {
  /** Folder under `models/`, e.g. `qwen-mini`. */
  name: string;
  title: string;
  settings: Settings;
  /** Command that trained it; empty where it is not known. */
  trainedBy: string;
  /** Command that makes the evaluation again. */
  command: string;
  /** `sft`, `stage1`, `stage2`; `heads` lies beside them. */
  stages: readonly ({
    stage: string;
    file: string;
    bytes: number;
    /** Lower-case hex. */
    sha256: string;
  } & DecodedScores)[];
  heads: { file: string; bytes: number; sha256: string; reports: readonly HeadReport[] };
};

/** What scenes and prompts can be made of. */
export type InspectorCatalogue = {
  gridSizes: readonly (2 | 3 | 4)[];
  shapes: readonly string[];
  colors: readonly string[];
  digits: readonly number[];
  hazards: readonly string[];
  guilds: readonly string[];
  /** Words that may stand in a picture. */
  glyphs: readonly string[];
  /** Every word that a prompt may hold, sorted. */
  words: readonly string[];
  attacks: readonly { name: string; heldOut: boolean; about: string }[];
  /** Sentences that can be asked, one of each pattern of a form, with a label of the prompts of its family. */
  forms: readonly { form: string; label: string; sentences: readonly string[] }[];
};

/**
 * A prompt as the page shows it. The inspector knows it again by `id`: an id of the world, or `composed:...` for one made by hand, which is
 * read anew from words, scene and attack.
 */
export type PromptView = PromptFacts & {
  id: string;
  words: readonly string[];
  /** Id of the prompt with the same words and the other picture, where there is one. */
  twin: string | null;
  scene: Scene | null;
};

export type DrawRequest = {
  settings: Settings;
  /** Drawn from an evaluation suite (test split), by label from the validation split, or the one of an id. */
  from: { suite: string } | { label: string } | { id: string };
  index: number;
};

export type ComposeRequest = {
  settings: Settings;
  scene: Scene | null;
  words: readonly string[];
  /** Attack to wrap around the prompt; null for none. */
  attack: string | null;
};

export type AnswerRequest = {
  models: readonly ModelRef[];
  prompt: PromptView;
  settings: Settings;
  /** 0 = greedy. */
  temperature: number;
  seed: number;
  /** Words that the response begins with, `<think>` among them; the model goes on from there. */
  begun?: readonly string[];
};

/** What one policy made of one prompt. */
export type AnswerView = {
  model: ModelRef;
  response: readonly string[];
  /** One per response token. */
  logProbs: readonly number[];
  /**
   * Attention of each response token on the picture, mean over layers and heads: [token][row-major patch]; null where the
   * backbone sees none. The rest of each token's attention, up to 1, lies on words.
   */
  attention: { patchesPerSide: number; weights: readonly (readonly number[])[] } | null;
  heads: readonly { head: string; classes: readonly string[]; probabilities: readonly number[] }[];
  oracle: OracleView;
  /** Reward terms as in SampleView, with `total`. */
  terms: { readonly [term: string]: number };
};

/** A stored group, whole. */
export type StoredGroup = {
  step: number;
  group: number;
  stage: string;
  policyVersion: number;
  discarded: boolean;
  prompt: PromptView;
  samples: readonly (SampleView & {
    /** pi / pi_old per token under the policy asked for; null where none was. */
    ratios: readonly number[] | null;
  })[];
};

export type GroupRequest = { runId: string; step: number; group: number; ratioUnder: ModelRef | null };

/** What each part of a loss adds at a token: the policy term, the policy drift, the KL to the reference. */
export type LossShares = { objective: number; drift: number; kl: number };

/** How a loss comes about at one token. */
export type TokenExplanation = {
  /** What the symbols of the formulas stand for here; NaN for what there is not. */
  values: { readonly [symbol: string]: number };
  /** The policy term by its formula, and its weight in the mean. */
  value: number;
  weight: number;
  /** -1 clipped below, 1 clipped above, else 0. */
  clipped: number;
  /** Shares in the loss, and in dLoss/dlogp of the token. */
  loss: LossShares;
  gradient: LossShares;
};

export type LossExplanation = {
  loss: Settings['loss_type'];
  name: string;
  /** Null for a part that is off. */
  formulas: { objective: string; drift: string | null; kl: string | null };
  symbols: { readonly [symbol: string]: string };
  /** What is not as in the update of that time. */
  notes: readonly string[];
  /** Per response, per token. */
  samples: readonly (readonly TokenExplanation[])[];
};

/** `under`: the policy as it stands; null: the one that sampled. `loss`: null for the run's own. */
export type ExplainRequest = {
  runId: string;
  step: number;
  group: number;
  under: ModelRef | null;
  loss: Settings['loss_type'] | null;
};

/** The settings that a stored batch can be scored with again. */
export const RESCORABLE = [
  'recipe',
  'w_format',
  'w_visual',
  'w_helpful',
  'w_task',
  'score_mode',
  'safety_judge',
  'judge_thought',
  'aggregation',
  'advantage_weight',
  'scale_rewards',
  'filter_groups',
  'overlong_penalty',
  'visual_focus',
] as const satisfies readonly (keyof Settings)[];

/** What another reward recipe makes of a stored rollout batch. Nothing is trained. */
export type RescoreRequest = { runId: string; step: number; change: SettingsInput };
/** One entry per sample. `winner`: index of the largest total, null where all are equal; `advantages` null where they cannot be made. */
export type GroupScores = {
  totals: readonly number[];
  advantages: readonly number[] | null;
  winner: number | null;
};
export type RescoredGroup = { group: number; before: GroupScores; after: GroupScores };

/** An answer that was good at the start of the stage, and is not any more. */
export type BrokenAnswer = {
  prompt: PromptView;
  before: { response: readonly string[]; oracle: OracleView };
  after: { response: readonly string[]; oracle: OracleView };
};

export type EvaluateRequest = { model: ModelRef; settings: Settings };

/** What curves of a run with these settings can be compared with. Nothing here comes from a model. */
export type CurveReferences = {
  /** Tokens that a policy chooses from. */
  vocabularySize: number;
  /** Per RL stage, the metrics of a rollout if every response were the world's own best one; those that need a model are absent. */
  best: readonly { stage: string; values: { readonly [metric: string]: number } }[];
};

/** Questions that need a model wait for each other. Everything rejects with PlaygroundError. */
export interface InspectorControl {
  /** `modelsUrl`: where the released models lie, with a slash at the end. */
  connect(storePort: MessagePort, modelsUrl: string): Promise<void>;
  /** Empty where the page comes without any. */
  released(): Promise<readonly ReleasedModel[]>;
  catalogue(settings: Settings): Promise<InspectorCatalogue>;
  draw(request: DrawRequest): Promise<PromptView>;
  /**
   * @throws `bad-setting` naming the word that is not known, or saying that no question can be read from the words. Its detail
   * `about` is `words`, `attack` or `scene`; `word` and `instead` are the unknown word and the nearest known one.
   */
  compose(request: ComposeRequest): Promise<PromptView>;
  /** A scene alone, drawn; null for none. @throws `bad-setting` */
  picture(request: { settings: Settings; scene: Scene }): Promise<PictureView | null>;
  answer(request: AnswerRequest): Promise<readonly AnswerView[]>;
  group(request: GroupRequest): Promise<StoredGroup>;
  /** @throws `not-found` where the loss needs log-probs of a reference that is not stored. */
  explain(request: ExplainRequest): Promise<LossExplanation>;
  /** Groups that teach most, best first: trained on, with spread, and of those with safe and unsafe responses the first. */
  instructive(runId: string): Promise<readonly GroupPlace[]>;
  /** Up to three answers of a stored run to prompts of a suite that broke in its newest stage; empty where none did. */
  broken(request: { runId: string; suite: string }): Promise<readonly BrokenAnswer[]>;
  rescore(request: RescoreRequest): Promise<readonly RescoredGroup[]>;
  references(settings: Settings): Promise<CurveReferences>;
  /** Rejects with `cancelled` after `cancelEvaluation`. */
  evaluate(request: EvaluateRequest): Promise<DecodedScores>;
  /** Suites done of the evaluation in progress; null while there is none, or while it waits for its turn. */
  evaluationProgress(): Promise<{ done: number; total: number } | null>;
  /** Ends the evaluations that were asked for so far, after the suite in progress. */
  cancelEvaluation(): Promise<void>;
  /** The report of a stored run as Markdown. */
  report(runId: string): Promise<string>;
  /** Writes a released model's run, heads and checkpoints to the store, so that a run can be forked from it; gives its run id. */
  adopt(model: string): Promise<string>;
}
