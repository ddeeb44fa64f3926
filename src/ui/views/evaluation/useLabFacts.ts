// What the lab knows and the view needs: the released models with their scores, and what each suite asks.

import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { DEFAULTS } from '../../../config/index.ts';
import type { LabCatalogue, ReleasedModel } from '../../../protocol/inspector.ts';
import type { LabClient } from '../../session/inspectorClient.ts';
import type { Session } from '../../session/session.ts';

export type Suites = LabCatalogue['suites'];
export type LabFacts = { released: readonly ReleasedModel[]; suites: Suites };

export function useLabFacts(session: Session, lab: LabClient): ReadonlySignal<LabFacts> {
  const facts = useSignal<LabFacts>({ released: [], suites: [] });
  useEffect(() => {
    const ask = async (): Promise<LabFacts> => {
      const api = await lab.api();
      // What the suites ask is the same under all settings.
      const [released, catalogue] = await Promise.all([api.released(), api.catalogue(DEFAULTS)]);
      return { released, suites: catalogue.suites };
    };
    ask().then(
      (found) => {
        facts.value = found;
      },
      (error) => session.report(error),
    );
  }, [session, lab, facts]);
  return facts;
}
