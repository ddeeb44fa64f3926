// The view Evaluation: safety against helpfulness, scores per stage, gold against proxy, and the reward heads.

import { useComputed } from '@preact/signals';
import { useReferences } from '../../charts/useReferences.ts';
import { lazily } from '../../parts/lazily.tsx';
import type { ViewProps } from '../../session/session.ts';
import { EvaluateNow } from './EvaluateNow.tsx';
import { EvaluationTable } from './EvaluationTable.tsx';
import { HeadsCard } from './HeadsCard.tsx';
import { SafetyPlane } from './plane/SafetyPlane.tsx';
import { useReleased } from './useReleased.ts';
import './evaluation.css';

/** Both draw charts, which are most of the code of the view. */
const GoodhartCard = lazily(async () => (await import('./GoodhartCard.tsx')).GoodhartCard);
const HeadsInTraining = lazily(async () => (await import('./HeadsInTraining.tsx')).HeadsInTraining);

export function EvaluationView({ session }: ViewProps) {
  const evaluations = useComputed(() => session.shown.value.evaluations);
  const heads = useComputed(() => session.shown.value.heads);
  const released = useReleased(session);
  const references = useReferences(session);
  return (
    <div class="stack">
      <SafetyPlane session={session} released={released} />
      <EvaluationTable evaluations={evaluations.value} />
      <EvaluateNow session={session} />
      <GoodhartCard session={session} />
      <HeadsCard heads={heads.value}>
        <HeadsInTraining session={session} references={references} />
      </HeadsCard>
    </div>
  );
}
