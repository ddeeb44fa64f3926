// One metric of the runs of a queue along their iterations: a curve for each cell, with a band.

import { useSignal } from '@preact/signals';
import { fileStem } from '../../browser/download.ts';
import { Button } from '../../parts/Button.tsx';
import { Card } from '../../parts/Card.tsx';
import { ScrollX } from '../../parts/ScrollX.tsx';
import { Select } from '../../parts/Select.tsx';
import { curveFigure, curveMetrics } from '../../state/lab/labFigures.ts';
import type { LabProps } from './lab.ts';
import { saveText } from './saveFiles.ts';

export function CurvesCard({ lab }: Pick<LabProps, 'lab'>) {
  const chosen = useSignal('reward');
  const opened = lab.opened.value;
  const rows = lab.curves.value;
  if (!opened || 'problem' in opened || rows.size === 0) return null;
  const { cells, runs } = opened.expansion;
  const names = curveMetrics(rows);
  const metric = names.includes(chosen.value) ? chosen.value : (names[0] ?? '');
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
