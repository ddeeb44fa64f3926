// The view Evaluation: scores per stage, safety against helpfulness, gold against proxy, and the reward heads.

import { useComputed } from '@preact/signals';
import { useReferences } from '../../charts/useReferences.ts';
import type { ViewProps } from '../types.ts';
import { EvaluateNow } from './EvaluateNow.tsx';
import { EvaluationTable } from './EvaluationTable.tsx';
import { GoodhartCard } from './GoodhartCard.tsx';
import { HeadsCard } from './HeadsCard.tsx';
import { HeadsInTraining } from './HeadsInTraining.tsx';
import { SafetyPlane } from './plane/SafetyPlane.tsx';
import { useReleased } from './useReleased.ts';
import './evaluation.css';

export function EvaluationView({ session }: ViewProps) {
  const evaluations = useComputed(() => session.shown.value.evaluations);
  const heads = useComputed(() => session.shown.value.heads);
  const released = useReleased(session);
  const references = useReferences(session);
  return (
    <div class="stack">
      <EvaluationTable evaluations={evaluations.value} />
      <SafetyPlane session={session} released={released} />
      <EvaluateNow session={session} />
      <GoodhartCard session={session} />
      <HeadsCard heads={heads.value}>
        <HeadsInTraining session={session} references={references} />
      </HeadsCard>
    </div>
  );
}
