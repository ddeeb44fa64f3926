// One metric of the runs of a queue along their iterations: a curve for each cell, with a band.

import { useSignal } from '@preact/signals';
import { fileStem } from '../../browser/download.ts';
import { Button } from '../../parts/Button.tsx';
import { Card } from '../../parts/Card.tsx';
import { ScrollX } from '../../parts/ScrollX.tsx';
import { Select } from '../../parts/Select.tsx';
import { useRead } from '../../parts/useRead.ts';
import { type CellRows, COUNTED_METRICS, curveFigure } from '../../state/lab/labFigures.ts';
import type { LabProps } from './lab.ts';
import { saveText } from './saveFiles.ts';

export function CurvesCard({ lab, session }: LabProps) {
  const chosen = useSignal('reward');
  const [opened, ended] = [lab.opened.value, lab.ended.value];
  const names = [...new Set(ended.flatMap(({ metrics }) => metrics))].sort();
  const metric = names.includes(chosen.value) ? chosen.value : (names[0] ?? '');
  const rows = useRead<CellRows>(
    session,
    ended.length === 0 ? null : `${lab.queue.value?.id} ${metric}`,
    [ended.map(({ id }) => id).join('|')],
    async () => {
      const of = ended.map(async ({ id, runId }) => {
        return [id, await session.store.readMetrics(runId, [metric, ...COUNTED_METRICS])] as const;
      });
      return new Map(await Promise.all(of));
    },
  );
  if (!opened || 'problem' in opened || !rows) return null;
  const { cells, runs } = opened.expansion;
  const svg = curveFigure(metric, cells, runs, rows);
  return (
    <Card
      id="lab-curves"
      title="Curves by cell"
      tools={
        <Select
          label="Metric"
          value={metric}
          choices={names.map((name) => [name, name] as const)}
          onChoice={(name) => (chosen.value = name)}
        />
      }
    >
      {svg && (
        <>
          <ScrollX label={`Curves of ${metric}`}>
            <img
              class="lab-figure"
              src={`data:image/svg+xml,${encodeURIComponent(svg)}`}
              alt={`${metric} by iteration, a curve for each cell`}
            />
          </ScrollX>
          <p>
            <Button
              label="Save as SVG"
              more={` ${metric}`}
              onClick={() => saveText(`${fileStem(metric)}.svg`, svg)}
            />
          </p>
        </>
      )}
    </Card>
  );
}
