// The stage of the run on view: its pinned prompts, asked again while it trains, its way between safe and helpful, its figures.

import { useComputed } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { formatRemaining, percent } from '../../base/format.ts';
import { extent } from '../../base/numbers.ts';
import { readSettings, type Settings } from '../../config/index.ts';
import { stageTitle } from '../../terms/stages.ts';
import type { SuiteScore } from '../../terms/suites.ts';
import type { Session, ViewProps } from '../session/session.ts';
import { answerTo, type PinnedState } from '../state/run/pinned.ts';
import { isActive } from '../state/run/runState.ts';
import { type StageScores, stageScores } from '../state/run/stageScores.ts';
import { dotOf, dotsOf } from '../state/scores/safetyDots.ts';
import { type NamedAnswer, type PinnedCase, promptTitle } from './PinnedCard.tsx';
import { Stage } from './Stage.tsx';
import { STAGE_TEXTS } from './texts.ts';
import { type StageAnswers, usePinnedPrompts, useStoredAnswers } from './usePinned.ts';

/** Nothing where a run trains without being asked, as another program or tab does it, and where there is none. */
export function RunStage({ session, actions }: ViewProps & { actions?: ComponentChildren }) {
  const pinned = useComputed(() => session.shown.value.pinned).value;
  const phase = useComputed(() => session.shown.value.phase).value;
  const runId = useComputed(() => session.shown.value.runId).value;
  const scores = useComputed(() => stageScores(session.shown.value)).value;
  const unasked = phase === 'watched' || session.record.value?.driven === true;
  const hidden = phase === 'idle' || (unasked && !pinned);
  const prompts = usePinnedPrompts(session, hidden ? null : settingsOf(session));
  const asksStore = !hidden && !pinned && !isActive(phase);
  const stored = useStoredAnswers(session, asksStore ? runId : null, prompts);
  if (hidden) return null;
  const cases = (prompts ?? []).map((prompt, index): PinnedCase => {
    const { now, before } = pinned ? liveAnswers(pinned, prompt.id) : storedAnswers(stored, index);
    return { title: promptTitle(prompt), prompt, now, ...(index === 0 && before && { other: before }) };
  });
  const before = scores?.before ? dotOf(scores.before) : null;
  const now = scores ? dotOf(scores.now) : null;
  const line = before && now ? [before, now] : [];
  const trail = pinned && scores?.from === 'pinned' ? dotsOf(pinned.trail) : line;
  return (
    <Stage
      id="run-stage"
      title={<Title session={session} />}
      actions={actions}
      cases={cases}
      plane={{
        other: before && { name: STAGE_TEXTS.before, dot: before },
        now: now && { name: STAGE_TEXTS.now, dot: now },
        trail,
      }}
      figures={{ before: scores?.before ?? null, now: scores?.now ?? [], source: sourceText(scores) }}
    />
  );
}

/** The record comes a moment after the start; until then the form holds what is trained. */
function settingsOf({ record, draft }: Session): Settings {
  return record.value ? readSettings(record.value).settings : draft.value.settings;
}

type Answers = { now: NamedAnswer; before: NamedAnswer | null };

function liveAnswers({ first, latest }: PinnedState, promptId: string): Answers {
  return {
    now: { name: STAGE_TEXTS.nowAt(latest.step), answer: answerTo(latest, promptId) },
    before: { name: STAGE_TEXTS.before, answer: answerTo(first, promptId) },
  };
}

/** Of a run that is over, or has only begun. */
function storedAnswers(stored: readonly StageAnswers[] | null, index: number): Answers {
  const named = (of: StageAnswers): NamedAnswer => ({
    name: of.name,
    answer: of.answers[index] ?? null,
  });
  const last = stored?.at(-1);
  const first = stored && stored.length > 1 ? stored[0] : undefined;
  return {
    now: last ? named(last) : { name: STAGE_TEXTS.now, answer: null },
    before: stored && !first ? null : first ? named(first) : { name: STAGE_TEXTS.before, answer: null },
  };
}

function Title({ session }: ViewProps) {
  const phase = useComputed(() => session.shown.value.phase).value;
  const progress = useComputed(() => session.shown.value.progress).value;
  if (!isActive(phase) && phase !== 'watched') return <>{STAGE_TEXTS.over}</>;
  if (!progress) return <>{STAGE_TEXTS.begins}</>;
  const { stage, runRemainingMs } = progress;
  const left = phase === 'running' ? formatRemaining(runRemainingMs) : phase;
  return (
    <>
      {stageTitle(stage)}: {left}
    </>
  );
}

function sourceText(scores: StageScores | null): string {
  const [score] = scores?.now ?? [];
  if (!scores || !score) return STAGE_TEXTS.notMeasured;
  return scores.from === 'tests' ? STAGE_TEXTS.tests(score.n) : STAGE_TEXTS.live(score.n, points(scores.now));
}

/** Half of the widest interval: so few prompts tell no more. */
function points(scores: readonly SuiteScore[]): string {
  return percent(extent(scores.map(({ low, high }) => high - low))[1] / 2, 0);
}
