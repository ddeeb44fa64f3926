// Runs that begin with a released model: its safety trained in small steps, or a failure on purpose.

import { type SettingsInput, validateSettings } from '../../config/index.ts';
import { FAST_STEPS } from '../../lessons/runs.ts';
import type { ReleasedModel } from '../../protocol/inspector.ts';
import type { Session } from '../session/session.ts';
import { startAt } from '../session/startPoints.ts';
import { type Draft, presetsOf, withLayers } from '../state/form/draft.ts';
import { overrideForm } from '../state/run/formOverride.ts';

/** A run that begins after the stage `after` of the release. */
export type FromRelease = { model: ReleasedModel; draft: Draft; after: string; name: string };

/**
 * The joint stage alone, in small steps: a user sees it learn within seconds. Mix, rate and length were chosen on validation prompts
 * under seeds 21 to 23: safe, and instructions, questions and knowledge as before.
 */
const DEMO = {
  stages: ['sft', 'heads', 'stage2'],
  prompts_per_step: 20,
  stage2_steps: 130,
  stage2_learning_rate: 2.5e-4,
  // With 0.08 instructions fall when decoded greedily; with 0.4 attacks go on to work in one case of seven.
  beta: 0.15,
  stage2_mix: {
    safety: 4,
    jailbreak: 4,
    value: 2,
    normal: 9,
    knowledge_rule: 4,
    knowledge: 3,
    general: 1,
    instruction: 14,
  },
} as const satisfies SettingsInput;

/** Under smaller and faster steps a failure shows early. */
const FAILURE_STEPS = { stages: DEMO.stages, ...FAST_STEPS } as const satisfies SettingsInput;

function draftOf(model: ReleasedModel, steps: SettingsInput): Draft {
  return { preset: model.preset, settings: validateSettings(steps, model.settings) };
}

/** The joint stage from the release's SFT policy and heads. */
export function safetyOf(model: ReleasedModel): FromRelease {
  return { model, draft: draftOf(model, DEMO), after: 'heads', name: `Safety of ${model.name}` };
}

/** The same with a preset that fails on purpose, from SFT on where it is the heads that it spoils. */
export function failureOf(model: ReleasedModel, failure: string): FromRelease {
  const { draft } = withLayers(draftOf(model, FAILURE_STEPS), { failure });
  const preset = presetsOf('failure').find(({ name }) => name === failure);
  const after = preset?.hint?.stage === 'heads' ? 'sft' : 'heads';
  // No more examples than so few steps ever see: they take the longest to make.
  const { heads_steps, heads_batch, heads_examples } = draft.settings;
  const seen = Math.min(heads_examples, heads_steps * heads_batch);
  const settings = validateSettings(
    {
      // SFT has read it: a run that takes SFT over must have the same.
      max_grad_norm: model.settings.max_grad_norm,
      ...(after === 'sft' && { heads_examples: seen }),
    },
    draft.settings,
  );
  return {
    model,
    draft: { ...draft, settings },
    after,
    name: `${preset?.title ?? failure} from ${model.name}`,
  };
}

export async function startFromRelease(session: Session, run: FromRelease): Promise<string> {
  const { model, draft: planned, after, name } = run;
  // Threads change no result, and the form may have chosen them.
  const { wasm_threads } = session.draft.value.settings;
  const draft: Draft = { ...planned, settings: { ...planned.settings, wasm_threads } };
  const start = { model: model.name, stage: after };
  return await overrideForm(session, { form: { draft, start }, name }, () =>
    startAt(session, { ...draft, name }, start),
  );
}
