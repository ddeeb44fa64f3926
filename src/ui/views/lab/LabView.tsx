// The view Lab: a plan of runs, its queue, and what it found so far.

import { useEffect, useMemo } from 'preact/hooks';
import { asPlaygroundError } from '../../../base/errors.ts';
import type { ViewProps } from '../../session/session.ts';
import { planOfHash } from '../../state/lab/planAddress.ts';
import { CurvesCard } from './CurvesCard.tsx';
import { Lab } from './lab.ts';
import { MergeCard } from './MergeCard.tsx';
import { PlanCard } from './PlanCard.tsx';
import { QueueCard } from './QueueCard.tsx';
import { ResultsCard } from './ResultsCard.tsx';
import './lab.css';

export function LabView({ session }: ViewProps) {
  const lab = useMemo(() => Lab.of(session), [session]);
  useEffect(() => {
    const read = (): void => {
      try {
        const address = planOfHash(location.hash);
        if (address) lab.fill(address);
      } catch (error) {
        const { message, hint } = asPlaygroundError(error);
        session.inform('The plan of this link was not used.', `${message} ${hint}`);
      }
    };
    lab.open().then(read, (error) => session.report(error));
    addEventListener('hashchange', read);
    return () => removeEventListener('hashchange', read);
  }, [lab]);
  return (
    <div class="stack">
      <PlanCard lab={lab} session={session} />
      <QueueCard lab={lab} session={session} />
      <ResultsCard lab={lab} session={session} />
      <CurvesCard lab={lab} session={session} />
      <MergeCard session={session} />
    </div>
  );
}
