// Every curve of the run, in groups that fold; smoothing, log axes and folds are remembered in this browser.

import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import {
  type CurvePreferences,
  parseCurvePreferences,
  readPreference,
  writePreference,
} from '../browser/preferences.ts';
import { type ChartGroup, findCharts, readyGroups, type StageChoice } from '../state/charts/charts.ts';
import type { MetricTable } from '../state/charts/metricTable.ts';
import type { ReferenceSources } from '../state/charts/references.ts';
import { Charts, type ChartsProps } from './Chart.tsx';
import { CurveTools } from './CurveTools.tsx';

const PREFERENCES = 'cosmo.curves';

type CurvesProps = {
  metrics: MetricTable;
  /** Changes when the table has grown. */
  revision: number;
  references: Omit<ReferenceSources, 'table'>;
  /** What to say where there are no curves. */
  empty?: string;
  /** The run is over: what it has not measured does not come any more. */
  over?: boolean;
  /** The metric whose chart is opened and pointed out. */
  marked?: string | undefined;
};

const NO_METRICS = 'No metrics yet. Press Start: the first ones come within seconds.';

export function Curves(props: CurvesProps) {
  const { metrics, revision, references, empty = NO_METRICS, over = false, marked } = props;
  const preferences = useSignal(useMemo(() => readPreference(PREFERENCES, parseCurvePreferences), []));
  const change = (part: Partial<CurvePreferences>): void => {
    preferences.value = { ...preferences.value, ...part };
    writePreference(PREFERENCES, preferences.value);
  };
  const stageChoice = useSignal<StageChoice>('auto');
  const query = useSignal('');
  const names = metrics.names;
  const { groups, waiting } = useMemo(() => readyGroups(names), [names.join()]);
  const { smoothing, logScale, open } = preferences.value;
  const shared = {
    table: metrics,
    revision,
    smoothing,
    logScale,
    stageChoice: stageChoice.value,
    references,
    marked,
  };
  /** Groups with the chart that is pointed out are open until they are folded by hand. */
  const folded = useSignal(false);
  const isMarked = ({ charts }: ChartGroup) =>
    charts.some(({ lines }) => lines.some(({ name }) => name === marked));
  const searching = query.value.trim() !== '';
  return (
    <section class="card" aria-labelledby="curves-title">
      <div class="card-head">
        <div class="tools">
          <h2 id="curves-title">Curves</h2>
          {metrics.length > 0 && smoothing > 0 && <span class="hint">Bold: smoothed. Faint: raw.</span>}
        </div>
        <CurveTools
          stages={metrics.stages}
          stageChoice={stageChoice}
          query={query}
          preferences={preferences.value}
          onChange={change}
        />
      </div>
      {metrics.length === 0 && <p class="empty">{empty}</p>}
      {searching ? (
        <Found groups={groups} query={query.value} shared={shared} />
      ) : (
        groups.map((group) => (
          <Group
            key={group.id}
            group={group}
            open={isMarked(group) ? !folded.value : (open[group.id] ?? group.open ?? false)}
            onToggle={(now) => {
              if (isMarked(group)) folded.value = !now;
              else change({ open: { ...preferences.value.open, [group.id]: now } });
            }}
            shared={shared}
          />
        ))
      )}
      {!searching && metrics.length > 0 && waiting.length > 0 && (
        <p class="empty">
          {over ? 'Not measured in this run' : 'Nothing to draw yet for'}:{' '}
          {waiting.map(({ title }) => title).join('; ')}.
        </p>
      )}
    </section>
  );
}

type GroupProps = {
  group: ChartGroup;
  open: boolean;
  onToggle: (open: boolean) => void;
  shared: Omit<ChartsProps, 'specs'>;
};

function Group({ group, open, onToggle, shared }: GroupProps) {
  return (
    <details
      class="group curve-group"
      open={open}
      onToggle={(event) => {
        if (event.currentTarget.open !== open) onToggle(event.currentTarget.open);
      }}
    >
      <summary>
        {group.title}{' '}
        <span class="hint">
          {group.about} {group.charts.length === 1 ? '1 chart' : `${group.charts.length} charts`}
        </span>
      </summary>
      {open && <Charts specs={group.charts} {...shared} />}
    </details>
  );
}

function Found({
  groups,
  query,
  shared,
}: { groups: readonly ChartGroup[]; query: string } & Pick<GroupProps, 'shared'>) {
  const found = findCharts(groups, query);
  return (
    <>
      <p class="hint" role="status">
        {found.length === 0
          ? 'No chart found. Try one word, or part of a name, such as kl.'
          : `${found.length} ${found.length === 1 ? 'chart' : 'charts'} found.`}
      </p>
      <Charts specs={found} {...shared} />
    </>
  );
}
