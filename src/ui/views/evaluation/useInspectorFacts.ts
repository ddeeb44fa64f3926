// What the inspector knows and the view needs: the released models with their scores, and what each suite asks.

import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { DEFAULTS } from '../../../config/index.ts';
import type { InspectorCatalogue, ReleasedModel } from '../../../protocol/inspector.ts';
import type { InspectorClient } from '../../session/inspectorClient.ts';
import type { Session } from '../../session/session.ts';

export type Suites = InspectorCatalogue['suites'];
export type InspectorFacts = { released: readonly ReleasedModel[]; suites: Suites };

export function useInspectorFacts(
  session: Session,
  inspector: InspectorClient,
): ReadonlySignal<InspectorFacts> {
  const facts = useSignal<InspectorFacts>({ released: [], suites: [] });
  useEffect(() => {
    const ask = async (): Promise<InspectorFacts> => {
      const api = await inspector.api();
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
  }, [session, inspector, facts]);
  return facts;
}
