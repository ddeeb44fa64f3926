// The view Probe: one question, made by hand or drawn, and the answers of the stages side by side.

import { useComputed } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { ViewProps } from '../types.ts';
import { Answers } from './Answers.tsx';
import { AskedCard } from './AskedCard.tsx';
import { Keeper } from './keeper.ts';
import { ModelsCard } from './ModelsCard.tsx';
import { QuestionCard } from './QuestionCard.tsx';
import './probe.css';

export function ProbeView({ session, lab }: ViewProps) {
  const keeper = useMemo(() => Keeper.of(session, lab), [session, lab]);
  const runs = useComputed(() => session.runs.value);
  const stage = useComputed(() => session.view.value.progress?.stageIndex);
  useEffect(() => keeper.follow(), [keeper]);
  // Runs come and go, and the one in training ends its stages.
  useEffect(() => void keeper.refresh(), [keeper, runs.value, stage.value]);
  const { probe, choices, chosen, problem } = keeper;
  const catalogue = probe.catalogue.value;
  if (problem.value) {
    return (
      <div class="stack">
        <section class="card">
          <div class="problem" role="alert">
            {problem.value}{' '}
            <button type="button" onClick={() => void keeper.refresh()}>
              Try again
            </button>
          </div>
        </section>
      </div>
    );
  }
  if (choices.value?.length === 0) {
    return (
      <div class="stack">
        <section class="card">
          <h2>There is no model to ask yet</h2>
          <p>
            This page comes without released models, and no run is kept here. <a href="#train">Start a run</a>
            : as soon as SFT is done, it can be asked here, and the later stages beside it.
          </p>
        </section>
      </div>
    );
  }
  return (
    <div class="stack">
      <ModelsCard
        probe={probe}
        choices={choices.value ?? []}
        chosen={chosen}
        onChoose={(key) => void keeper.choose(key)}
      />
      {probe.problem.value?.place === 'lab' && (
        <section class="card">
          <div class="problem" role="alert">
            {probe.problem.value.text}{' '}
            <button type="button" onClick={() => void keeper.retry()}>
              Try again
            </button>
          </div>
        </section>
      )}
      {catalogue ? (
        <div class="probe-layout">
          <QuestionCard probe={probe} catalogue={catalogue} />
          <div class="column">
            <AskedCard probe={probe} />
            <Answers probe={probe} />
          </div>
        </div>
      ) : (
        <section class="card">
          <p class="empty">Opening the lab …</p>
        </section>
      )}
    </div>
  );
}
