// Tests a stored checkpoint on the held-out suites now, in the inspector, beside whatever is in training.

import { useComputed, useSignal } from '@preact/signals';
import { findSetting } from '../../../config/index.ts';
import { stageOf, stageTitle } from '../../../terms/stages.ts';
import { Button } from '../../parts/Button.tsx';
import { Card } from '../../parts/Card.tsx';
import { NumberField } from '../../parts/NumberField.tsx';
import { Select } from '../../parts/Select.tsx';
import { useStageEnds } from '../../parts/useStageEnds.ts';
import type { ViewProps } from '../../session/session.ts';
import { ScoreTable } from './EvaluationTable.tsx';
import { EVALUATE_TEXTS } from './texts.ts';
import { type EvaluationResult, useEvaluation } from './useEvaluation.ts';

const SAMPLES = findSetting('eval_samples');

function keptText({ kept, stored }: EvaluationResult): string {
  if (kept === 'all') return EVALUATE_TEXTS.kept.all;
  if (kept === 'greedy') return EVALUATE_TEXTS.kept.greedy;
  return stored ? EVALUATE_TEXTS.kept.beside : EVALUATE_TEXTS.kept.none;
}

export function EvaluateNow({ session }: ViewProps) {
  const picked = useSignal<string | null>(null);
  const { evaluations, phase } = session.shown.value;
  const runs = session.runs.value;
  const shown = useComputed(() => session.shown.value.runId).value;
  const run = runs.find((each) => each.id === (picked.value ?? shown)) ?? runs[0];
  const ends = (useStageEnds(session, run?.id ?? null, [evaluations.length, phase]) ?? []).filter(
    ({ stage }) => stageOf(stage) !== 'heads',
  );
  const stage = useSignal<string | null>(null);
  const samples = useSignal<number | null>(null);
  const evaluation = useEvaluation(session);
  const checkpoint = ends.find((end) => end.id === stage.value) ?? ends.at(-1);
  const wanted = samples.value ?? Number(run?.settings.eval_samples);
  const { asked, progress, result } = evaluation;
  return (
    <Card id="evaluate" title={EVALUATE_TEXTS.title} aria-busy={asked}>
      {!run ? (
        <p class="empty">{EVALUATE_TEXTS.noRun}</p>
      ) : (
        <div class="evaluate-form">
          <Select
            label="Run"
            value={run.id}
            choices={runs.map(({ id }) => [id, session.names.value.get(id)] as const)}
            onChoice={(id) => {
              picked.value = id;
              stage.value = null;
              samples.value = null;
            }}
          />
          <Select
            label="After"
            value={checkpoint?.id ?? ''}
            disabled={ends.length === 0}
            choices={
              ends.length === 0
                ? [['', EVALUATE_TEXTS.noStage]]
                : ends.map((end) => [end.id, `${stageTitle(end.stage)}, step ${end.step}`] as const)
            }
            onChoice={(id) => (stage.value = id)}
          />
          <NumberField
            label="Prompts per suite"
            min={SAMPLES?.type === 'int' ? SAMPLES.min : undefined}
            max={SAMPLES?.type === 'int' ? SAMPLES.max : undefined}
            value={wanted}
            onNumber={(count) => (samples.value = count || null)}
          />
          <div class="buttons">
            <Button
              label="Evaluate"
              disabled={asked || !checkpoint}
              onClick={() => checkpoint && void evaluation.start(run, checkpoint, wanted)}
            />
            {asked && <Button label="Cancel" onClick={evaluation.cancel} />}
          </div>
        </div>
      )}
      {asked && (
        <p class="evaluate-progress row">
          <progress
            aria-label="Suites evaluated"
            max={progress?.total ?? 1}
            {...(progress ? { value: progress.done } : {})}
          />
          <span role="status">
            {progress ? EVALUATE_TEXTS.suites(progress.done, progress.total) : EVALUATE_TEXTS.loading}
          </span>
        </p>
      )}
      {result && (
        <>
          <p role="status">
            {result.name}, after {stageTitle(result.now.stage)}. {keptText(result)}
          </p>
          <ScoreTable
            evaluations={result.stored ? [result.stored, result.now] : [result.now]}
            titles={result.stored ? ['stored', 'now'] : ['now']}
          />
        </>
      )}
    </Card>
  );
}
