// What a run with the settings of the form will take, before it is started.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { formatDuration } from '../../base/format.ts';
import type { RunEstimate } from '../../protocol/messages.ts';
import { isEvaluation, stageTitle } from '../../terms/stages.ts';
import type { Session } from '../session/session.ts';
import { Button } from './Button.tsx';

type EstimateLineProps = {
  session: Session;
  /** Within a card of another. */
  bare?: boolean;
};

/** Typing in a field asks only once it rests. */
const REST_MS = 400;

/** What a run with the settings of the form will take, if that can be told. */
export function EstimateLine({ session, bare = false }: EstimateLineProps) {
  const estimate = useSignal<RunEstimate | null>(null);
  const measuring = useSignal(false);
  const training = session.training;
  const { settings } = session.draft.value;
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
      .act(async () => (estimate.value = await session.estimate(session.draft.value.settings, true)))
      .finally(() => (measuring.value = false));
  };
  const found = estimate.value && leftOf(estimate.value, session.startPoint.value?.stage);
  if (!found) return null;
  return (
    <p class={bare ? 'estimate' : 'card estimate'} role="status">
      {found.totalMs === null ? (
        <>
          Time unknown. Time one step to estimate.{' '}
          <Button
            label={measuring.value ? 'Timing …' : 'Time one step'}
            disabled={measuring.value || session.busy.value || training.value}
            onClick={measure}
          />
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

/** Without the stages that the run takes over, up to the one of that name. */
function leftOf({ stages, totalMs, basis }: RunEstimate, taken: string | undefined): RunEstimate {
  const left = stages.slice(stages.findIndex(({ name }) => name === taken) + 1);
  return { basis, stages: left, totalMs: totalMs && left.reduce((sum, { ms }) => sum + (ms ?? 0), 0) };
}

/** `SFT 2 min 05 s, Heads 40 s, ..., tests 1 min 00 s`. */
function stagesText({ stages }: RunEstimate): string {
  const parts = stages
    .filter(({ name }) => !isEvaluation(name))
    .map(({ name, ms }) => `${stageTitle(name)} ${formatDuration(ms ?? 0)}`);
  const tests = stages.filter(({ name }) => isEvaluation(name)).reduce((sum, { ms }) => sum + (ms ?? 0), 0);
  return [...parts, ...(tests > 0 ? [`tests ${formatDuration(tests)}`] : [])].join(', ');
}
