// The view Probe: one question, made by hand or drawn, and the answers of the stages side by side.

import { useComputed } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { Problem } from '../../parts/Problem.tsx';
import type { ViewProps } from '../../session/session.ts';
import { Answers } from './Answers.tsx';
import { AskedCard } from './AskedCard.tsx';
import { ModelsCard } from './ModelsCard.tsx';
import { ProbeSession } from './probeSession.ts';
import { QuestionCard } from './QuestionCard.tsx';
import './probe.css';

/** How often a run in training is looked at for a newer checkpoint. */
const LOOK_EVERY_MS = 3000;

export function ProbeView({ session }: ViewProps) {
  const probeSession = useMemo(() => ProbeSession.of(session), [session]);
  const runs = useComputed(() => session.runs.value);
  const stage = useComputed(() => session.shown.value.progress?.stageIndex);
  useEffect(() => probeSession.follow(), [probeSession]);
  // Runs come and go, and the one in training ends its stages.
  useEffect(() => void probeSession.refresh(), [probeSession, runs.value, stage.value]);
  // And it stores a checkpoint now and then, which can be asked.
  const training = session.training.value;
  useEffect(() => {
    if (!training) return;
    const timer = setInterval(() => void probeSession.refresh(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [probeSession, training]);
  const { probe, choices, chosen, problem } = probeSession;
  const catalogue = probe.catalogue.value;
  if (problem.value || choices.value?.length === 0)
    return (
      <div class="stack">
        <section class="card">
          {problem.value ? (
            <Problem text={problem.value} retry={() => void probeSession.refresh()} />
          ) : (
            <>
              <h2>There is no model to ask yet</h2>
              <p>
                This page comes without released models, and no run is kept here.{' '}
                <a href="#train">Start a run</a>: as soon as SFT is done, it can be asked here, and the later
                stages beside it.
              </p>
            </>
          )}
        </section>
      </div>
    );
  return (
    <div class="stack">
      <ModelsCard
        probe={probe}
        choices={choices.value ?? []}
        chosen={chosen}
        onChoose={(key) => void probeSession.choose(key)}
      />
      {probe.problem.value?.place === 'inspector' && (
        <section class="card">
          <Problem text={probe.problem.value.text} retry={() => void probeSession.retry()} />
        </section>
      )}
      {catalogue ? (
        <div class="beside">
          <QuestionCard probe={probe} catalogue={catalogue} />
          <div class="column">
            <AskedCard probe={probe} />
            <Answers probe={probe} />
          </div>
        </div>
      ) : (
        <section class="card">
          <p class="empty">Opening the inspector …</p>
        </section>
      )}
    </div>
  );
}
