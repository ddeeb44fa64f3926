// The grid of charts: the standard ones, those that the visitor adds, smoothing and log axes.

import { useSignal } from '@preact/signals';
import { CHARTS, type StageChoice, singleChart, splitCharts } from '../state/charts.ts';
import type { MetricTable } from '../state/metricTable.ts';
import { stageTitle } from '../state/stages.ts';
import { theme } from '../theme.ts';
import { Chart } from './Chart.tsx';
import './charts.css';

/** `revision` changes when the table has grown. */
export function Curves({ metrics, revision }: { metrics: MetricTable; revision: number }) {
  const smoothing = useSignal(0);
  const logScale = useSignal(false);
  const stageChoice = useSignal<StageChoice>('auto');
  const added = useSignal<readonly string[]>([]);
  const { ready, waiting } = splitCharts(CHARTS, (metric) => metrics.has(metric));
  const names = metrics.names.filter((name) => !added.value.includes(name));
  const shared = {
    table: metrics,
    revision,
    smoothing: smoothing.value,
    logScale: logScale.value,
    stageChoice: stageChoice.value,
    theme: theme.value,
  };
  return (
    <section class="card" aria-labelledby="curves-title">
      <div class="card-head">
        <h2 id="curves-title">Curves</h2>
        <div class="tools">
          <label>
            Steps of{' '}
            <select
              value={stageChoice.value}
              onChange={(event) => {
                stageChoice.value = event.currentTarget.value;
              }}
            >
              <option value="auto">what matters now</option>
              <option value="all">the whole run</option>
              {metrics.stages.map((stage) => (
                <option key={stage} value={stage}>
                  {stageTitle(stage)}
                </option>
              ))}
            </select>
          </label>
          <label>
            Smoothing{' '}
            <input
              type="range"
              min="0"
              max="0.98"
              step="0.02"
              value={smoothing.value}
              onInput={(event) => {
                smoothing.value = Number(event.currentTarget.value);
              }}
            />
          </label>
          <label>
            <input
              type="checkbox"
              checked={logScale.value}
              onChange={(event) => {
                logScale.value = event.currentTarget.checked;
              }}
            />{' '}
            Log axis
          </label>
          <label>
            Add a metric{' '}
            <select
              value=""
              disabled={names.length === 0}
              onChange={(event) => {
                const name = event.currentTarget.value;
                if (name) added.value = [...added.value, name];
                event.currentTarget.value = '';
              }}
            >
              <option value="">choose …</option>
              {names.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        </div>
      </div>
      {metrics.length === 0 && (
        <p class="empty">
          No metrics yet. Press Start: the loss of the first stage appears here within seconds.
        </p>
      )}
      <div class="charts">
        {ready.map((spec) => (
          <Chart key={spec.id} spec={spec} {...shared} />
        ))}
        {added.value.map((name) => (
          <Chart
            key={`added:${name}`}
            spec={singleChart(name)}
            {...shared}
            onRemove={() => {
              added.value = added.value.filter((other) => other !== name);
            }}
          />
        ))}
      </div>
      {metrics.length > 0 && waiting.length > 0 && (
        <p class="empty">Nothing to draw yet for: {waiting.map((spec) => spec.title).join('; ')}.</p>
      )}
    </section>
  );
}
