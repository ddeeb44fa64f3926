// Curves of the chosen runs over each other: one metric, by step or within a stage, smoothed, with its words and numbers.

import { useSignal } from '@preact/signals';
import type { LatestMetrics, StoredCurve } from '../../../storage/curves.ts';
import { METRICS } from '../../../terms/metrics/index.ts';
import { stageTitle } from '../../../terms/stages.ts';
import { CurveFigure } from '../../charts/CurveFigure.tsx';
import { SmoothingField } from '../../charts/SmoothingField.tsx';
import { Card } from '../../parts/Card.tsx';
import { Select } from '../../parts/Select.tsx';
import { useRead } from '../../parts/useRead.ts';
import type { Session } from '../../session/session.ts';
import { overlaid, overlayStages, WHOLE_RUN } from '../../state/charts/overlay.ts';
import type { RunRow } from '../../state/runs/runRows.ts';
import { overlayMetric } from './runsState.ts';

type OverlayCardProps = {
  rows: readonly RunRow[];
  names: readonly string[];
  latest: readonly LatestMetrics[];
  session: Session;
};

export function OverlayCard({ rows, names, latest, session }: OverlayCardProps) {
  const smoothing = useSignal(0);
  const choice = useSignal(WHOLE_RUN);
  const metrics = [...new Set(latest.flatMap((each) => Object.keys(each)))].sort();
  const metric = metrics.includes(overlayMetric.value) ? overlayMetric.value : (metrics[0] ?? '');
  const curves =
    useRead<readonly StoredCurve[]>(
      session,
      metric === '' ? null : [metric, ...rows.map(({ run }) => run.id)].join('|'),
      [session.library.details.value],
      () => Promise.all(rows.map(({ run }) => session.store.readCurve(run.id, metric))),
    ) ?? [];
  const stages = overlayStages(curves);
  const alignment = stages.includes(choice.value) ? choice.value : WHOLE_RUN;
  const about = METRICS.get(metric);
  return (
    <Card id="overlay" title="Curves over each other">
      <div class="tools">
        <Select
          label="Metric"
          value={metric}
          choices={metrics.map((name) => [name, name] as const)}
          onChoice={(name) => (overlayMetric.value = name)}
        />
        <Select
          label="Aligned"
          value={alignment}
          choices={[
            [WHOLE_RUN, 'over the whole run'],
            ...stages.map((stage) => [stage, `within ${stageTitle(stage)}`] as const),
          ]}
          onChoice={(stage) => (choice.value = stage)}
        />
        <SmoothingField value={smoothing.value} onChange={(value) => (smoothing.value = value)} />
      </div>
      {curves.length === 0 ? (
        <p class="empty">
          {metric === '' && latest.length > 0 ? 'These runs have no metrics yet.' : 'Reading …'}
        </p>
      ) : (
        <CurveFigure
          compares
          spec={{
            id: metric,
            title: `${metric} compared`,
            hint: about ? `${about.heading}. ${about.about}` : '',
            lines: rows.map(({ run }, index) => ({ name: run.id, title: names[index] ?? '', about: '' })),
          }}
          xLabel={alignment === WHOLE_RUN ? 'step' : `iteration of ${stageTitle(alignment)}`}
          rows={() => overlaid(curves, alignment)}
          changes={[curves, alignment, names.join('|')]}
          smoothing={smoothing.value}
          logScale={false}
        />
      )}
    </Card>
  );
}
