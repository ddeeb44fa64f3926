// What a plan found: a table for each metric with paired differences and verdicts, figures, and files to save.

import type { ComponentChildren } from 'preact';
import {
  type Comparison,
  conclusionText,
  estimateOf,
  levelText,
  type MeasureName,
  measureOf,
  type PlanCell,
  type PlanReport,
  type RunResult,
  type SweepInput,
  signed,
  verdictText,
  withGreedy,
  withInterval,
} from '../../../experiments/plans.ts';
import { fileStem } from '../../browser/download.ts';
import { Button } from '../../parts/Button.tsx';
import { Card } from '../../parts/Card.tsx';
import { CopyButton } from '../../parts/CopyButton.tsx';
import { ScrollX } from '../../parts/ScrollX.tsx';
import { Table } from '../../parts/Table.tsx';
import { cellPlane, seedFigure } from '../../state/lab/labFigures.ts';
import { planLink } from '../../state/lab/planAddress.ts';
import { DrawnPlane } from '../evaluation/plane/DrawnPlane.tsx';
import { savePlan, saveText } from './saveFiles.ts';

/** Of the figures of a metric that are shown, by the end of their names. */
const SUFFIXES = ['-difference', '-seeds'];

export type ResultsProps = Omit<SweepInput, 'command'> & { report: PlanReport };

type TitledProps = ResultsProps & { id: string; title: string; children?: ComponentChildren };

export function Results({ plan, cells, results, report, id, title, children }: TitledProps) {
  const { found, files } = report;
  const stem = fileStem(plan.name);
  const metrics = withGreedy(plan.metrics, results);
  const seeds = metrics.flatMap((metric) => {
    const svg = seedFigure(metric, cells, results);
    return svg === null ? [] : [[`figures/${metric}-seeds.svg`, svg] as const];
  });
  const figures = [...Object.entries(files).filter(([path]) => path.endsWith('.svg')), ...seeds];
  const plane = cellPlane(cells, results);
  return (
    <Card id={id} title={title}>
      {children}
      <ul class="lab-conclusions">
        {metrics.flatMap((metric) => {
          const text = conclusionText(metric, cells, found);
          return text === '' ? [] : [<li key={metric}>{text}</li>];
        })}
      </ul>
      {metrics.map((metric) => (
        <section key={metric} class="rows">
          <MetricTable {...{ metric, cells, results, found, equal: plan.equal }} />
          <div class="lab-figures">
            {figures
              .filter(([path]) => SUFFIXES.some((suffix) => path === `figures/${metric}${suffix}.svg`))
              .map(([path, svg]) => (
                <ScrollX key={path} label={`Figure ${path}`}>
                  <img
                    class="lab-figure"
                    src={`data:image/svg+xml,${encodeURIComponent(svg)}`}
                    alt={`${measureOf(metric).title} by cell; the numbers stand in the table`}
                  />
                </ScrollX>
              ))}
          </div>
        </section>
      ))}
      {plane && (
        <section class="rows">
          <h3>Safety vs helpfulness: mean of each cell</h3>
          <DrawnPlane {...plane} />
        </section>
      )}
      <div class="buttons">
        <Button label="Report (Markdown)" onClick={() => saveText(`${stem}-report.md`, files['report.md'])} />
        <Button label="Runs (CSV)" onClick={() => saveText(`${stem}-results.csv`, files['results.csv'])} />
        <Button
          label="Everything (JSON)"
          onClick={() => saveText(`${stem}-results.json`, files['results.json'])}
        />
        {figures.map(([path, svg]) => {
          const name = path.replace('figures/', '');
          return (
            <Button
              key={path}
              label={`${name.replace('.svg', '').replaceAll('-', ' ')} (SVG)`}
              onClick={() => saveText(`${stem}-${name}`, svg)}
            />
          );
        })}
        <Button label="Plan (JSON)" onClick={() => savePlan(plan)} />
        <CopyButton
          label="Copy the plan as a link"
          of="to this plan"
          text={() => planLink({ plan, seats: null }, location.href)}
        />
      </div>
    </Card>
  );
}

type MetricTableProps = {
  metric: MeasureName;
  cells: readonly PlanCell[];
  results: readonly RunResult[];
  found: readonly Comparison[];
  equal: number;
};

function MetricTable({ metric, cells, results, found, equal }: MetricTableProps) {
  const { title, unit, better } = measureOf(metric);
  return (
    <Table
      class="runs-compare lab-results"
      label={`Results: ${title}`}
      caption={`${title[0]?.toUpperCase()}${title.slice(1)}, ${unit === 'points' ? 'in %, ' : ''}${better} is better`}
      heads={['cell', 'seeds', 'mean [95 %]', 'difference to base', 'verdict']}
      rows={cells.map((cell) => {
        const estimate = estimateOf(results, cell.name, metric);
        const row = found.find((one) => one.cell === cell.name && one.metric === metric);
        return {
          key: cell.name,
          head: cell.title,
          cells: [
            estimate?.n ?? 0,
            levelText(estimate, unit),
            row ? withInterval(row.difference, (value) => signed(value, unit)) : '',
            row
              ? { content: verdictText(row, equal).replaceAll('**', ''), class: `change ${row.verdict}` }
              : 'base',
          ],
        };
      })}
    />
  );
}
