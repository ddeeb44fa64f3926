// The view Evaluation: scores per stage, and the report of the reward heads.

import { useComputed } from '@preact/signals';
import type { ViewProps } from '../types.ts';
import { EvaluationTable } from './EvaluationTable.tsx';
import { HeadsCard } from './HeadsCard.tsx';
import './evaluation.css';

export function EvaluationView({ session }: ViewProps) {
  const evaluations = useComputed(() => session.view.value.evaluations);
  const heads = useComputed(() => session.view.value.heads);
  return (
    <div class="stack">
      <EvaluationTable evaluations={evaluations.value} />
      <HeadsCard heads={heads.value} />
    </div>
  );
}
