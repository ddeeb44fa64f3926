// Safety against helpfulness: the run on view, the released models and the stored runs that the user ticks, on one plane.

import { type Signal, useComputed, useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { ReleasedModel } from '../../../../protocol/inspector.ts';
import { Card } from '../../../parts/Card.tsx';
import { Select, Tick } from '../../../parts/Select.tsx';
import type { Session } from '../../../session/session.ts';
import {
  HELP_AXES,
  type PlaneAxis,
  type PlaneSeries,
  planePoints,
  SAFE_AXES,
  withGreedy,
} from '../../../state/scores/plane.ts';
import { PLANE_TEXTS } from '../texts.ts';
import { DrawnPlane } from './DrawnPlane.tsx';
import { useTicked } from './useTicked.ts';

type SafetyPlaneProps = { session: Session; released: readonly ReleasedModel[] };

export function SafetyPlane({ session, released }: SafetyPlaneProps) {
  const safety = useSignal(SAFE_AXES[0] as PlaneAxis);
  const help = useSignal(HELP_AXES[0] as PlaneAxis);
  const greedyToo = useSignal(false);
  const ticked = useTicked(session, released);
  const names = session.names;
  const own = useComputed<PlaneSeries | null>(() => {
    const { runId, evaluations } = session.shown.value;
    if (evaluations.length === 0) return null;
    return { name: names.value.get(runId ?? '') ?? 'this run', evaluations };
  }).value;
  const series = useMemo(() => {
    const models = released
      .filter(({ name }) => ticked.models.includes(name))
      .map(({ title, stages }) => ({ name: title, evaluations: stages }));
    return [...(own ? [own] : []), ...models, ...ticked.runs];
  }, [own, released, ticked.models, ticked.runs]);
  const [xAxis, yAxis] = [help.value, safety.value];
  const shown = greedyToo.value ? withGreedy(series) : series;
  const points = planePoints(shown, xAxis, yAxis);
  const plane = { points, series: shown, xAxis, yAxis };
  // A released model is in the list by itself; its copy among the runs, where training began from it, is the same.
  const others = session.runs.value.filter(
    ({ id }) =>
      id !== session.shown.value.runId && !released.some(({ name }) => id.startsWith(`released-${name}-`)),
  );
  return (
    <Card
      id="plane"
      title={PLANE_TEXTS.title}
      tools={
        <div class="tools">
          <Tick
            label="greedy too"
            checked={greedyToo.value}
            onTick={(checked) => (greedyToo.value = checked)}
          />
          <AxisChoice label="y axis" axes={SAFE_AXES} axis={safety} />
          <AxisChoice label="x axis" axes={HELP_AXES} axis={help} />
        </div>
      }
    >
      <fieldset class="plane-sources framed row small">
        <legend>{PLANE_TEXTS.compare}</legend>
        {released.map(({ name, title }) => (
          <Tick
            key={name}
            label={`released: ${title}`}
            checked={ticked.models.includes(name)}
            onTick={() => ticked.toggleModel(name)}
          />
        ))}
        {others.map((run) => (
          <Tick
            key={run.id}
            label={names.value.get(run.id) ?? run.id}
            checked={ticked.runIds.includes(run.id)}
            onTick={() => ticked.toggleRun(run.id, names.value.get(run.id) ?? run.id)}
          />
        ))}
        {released.length + others.length === 0 && <span class="hint">{PLANE_TEXTS.noRuns}</span>}
      </fieldset>
      {points.length === 0 ? <p class="empty">{PLANE_TEXTS.empty}</p> : <DrawnPlane {...plane} />}
    </Card>
  );
}

type AxisChoiceProps = { label: string; axes: readonly PlaneAxis[]; axis: Signal<PlaneAxis> };

function AxisChoice({ label, axes, axis }: AxisChoiceProps) {
  return (
    <Select
      label={label}
      value={axis.value.score}
      choices={axes.map(({ score, title }) => [score, title] as const)}
      onChoice={(chosen) => (axis.value = axes.find(({ score }) => score === chosen) ?? axis.value)}
    />
  );
}
