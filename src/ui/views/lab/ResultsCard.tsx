// What the queue on show found so far: reckoned anew whenever a run has ended.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { LabProps } from './lab.ts';
import { Results, type ResultsProps } from './Results.tsx';
import { reports } from './reports.ts';

export function ResultsCard({ lab, session }: LabProps) {
  const opened = lab.opened.value;
  const queueId = lab.queue.value?.id ?? '';
  const results = lab.results.value;
  const found = results.some(({ status }) => status === 'done' || status === 'collapsed');
  const over = results.every(({ status }) => status !== 'missing');
  const ready = opened && !('problem' in opened) && found ? opened : null;
  const ended = results.flatMap(({ id, status, digest }) =>
    status === 'missing' ? [] : [id, status, digest],
  );
  const key = ready && JSON.stringify([queueId, ready.plan, ended]);
  const shown = useSignal<(ResultsProps & { of: string }) | null>(null);
  useEffect(() => {
    if (!ready) return;
    let wanted = true;
    const { plan, expansion } = ready;
    const input = { plan, cells: expansion.cells, command: COMMAND, results };
    reports.report(input).then(
      (report) => {
        if (wanted) shown.value = { ...input, report, of: queueId };
      },
      (error) => session.report(error),
    );
    return () => {
      wanted = false;
    };
  }, [key]);
  return ready && shown.value?.of === queueId ? (
    <Results title={over ? 'Results' : 'Results so far'} id="results" {...shown.value} />
  ) : null;
}

/** How to run the plan again. */
const COMMAND = 'npm run sweep -- --plan plan.json --out runs/plan';
