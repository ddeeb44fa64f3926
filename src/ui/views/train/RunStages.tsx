// The rail of the run on view with its commands, and what the next run will take before it is started.

import { type Signal, useComputed, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Settings } from '../../../config/index.ts';
import type { RunEstimate } from '../../../protocol/messages.ts';
import { formatDuration } from '../../format.ts';
import type { Session } from '../../session.ts';
import type { Draft } from '../../state/draft.ts';
import { isActive } from '../../state/runView.ts';
import { plannedStages, stageTitle } from '../../state/stages.ts';
import { StageRail } from './StageRail.tsx';

type PartProps = { session: Session; draft: Signal<Draft> };

export function RunStages({ session, draft }: PartProps) {
  const progress = useComputed(() => session.view.value.progress);
  const phase = useComputed(() => session.view.value.phase);
  const runId = useComputed(() => session.view.value.runId);
  // A stored run shows the stages it went through, not those of the form.
  const stored = useComputed(() => session.runs.value.find((run) => run.id === runId.value));
  const plan = useComputed(
    () =>
      progress.value?.stages ??
      plannedStages(stored.value ? (stored.value.settings as Settings) : draft.value.settings),
  );
  const training = isActive(phase.value);
  const id = runId.value;
  const again = (stage: string): void => {
    if (id === null) return;
    const { settings, preset } = draft.value;
    const name = `${preset || 'run'} after ${stageTitle(stage)}`;
    void session.act(() => session.start({ settings, preset, name, fork: { runId: id, stage } }));
  };
  return (
    <>
      <StageRail
        plan={plan.value}
        progress={progress.value}
        phase={phase.value}
        onSkip={training ? (stage) => void session.act(() => session.skip(stage)) : undefined}
        onAgain={!training && id !== null && phase.value !== 'watched' ? again : undefined}
      />
      {phase.value === 'idle' && <Before session={session} draft={draft} />}
    </>
  );
}

/** Typing in a field asks only once it rests. */
const REST_MS = 400;

/** What a run with the settings of the form will take, if that can be told. */
function Before({ session, draft }: PartProps) {
  const estimate = useSignal<RunEstimate | null>(null);
  const measuring = useSignal(false);
  const { settings } = draft.value;
  const device = session.device.value;
  useEffect(() => {
    if (!device) return;
    let asked = true;
    const timer = setTimeout(() => {
      session.estimate(settings, false).then(
        (found) => {
          if (asked) estimate.value = found;
        },
        (error) => session.report(error),
      );
    }, REST_MS);
    return () => {
      asked = false;
      clearTimeout(timer);
    };
  }, [settings, device]);
  const measure = (): void => {
    measuring.value = true;
    void session
      .act(async () => {
        estimate.value = await session.estimate(draft.value.settings, true);
      })
      .finally(() => {
        measuring.value = false;
      });
  };
  const found = estimate.value;
  if (!found) return null;
  return (
    <p class="card estimate" role="status">
      {found.totalMs === null ? (
        <>
          How long this run will take is not known before the first run on this device.{' '}
          <button type="button" disabled={measuring.value || session.busy.value} onClick={measure}>
            {measuring.value ? 'Measuring …' : 'Measure one step'}
          </button>
        </>
      ) : (
        <>
          <b>This run will take about {formatDuration(found.totalMs)}</b> ({stagesText(found)}).{' '}
          <span class="hint">{found.basis}</span>
        </>
      )}
    </p>
  );
}

/** `SFT 2 min 05 s, Heads 40 s, ..., tests 1 min 00 s`. */
function stagesText({ stages }: RunEstimate): string {
  const isTest = (name: string) => name.startsWith('evaluation-');
  const parts = stages
    .filter(({ name }) => !isTest(name))
    .map(({ name, ms }) => `${stageTitle(name)} ${formatDuration(ms ?? 0)}`);
  const tests = stages.filter(({ name }) => isTest(name)).reduce((sum, { ms }) => sum + (ms ?? 0), 0);
  return [...parts, ...(tests > 0 ? [`tests ${formatDuration(tests)}`] : [])].join(', ');
}
