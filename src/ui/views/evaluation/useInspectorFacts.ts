// What the inspector knows and the view needs: the released models with their scores, and what each suite asks.

import { DEFAULTS } from '../../../config/index.ts';
import type { InspectorCatalogue, ReleasedModel } from '../../../protocol/inspector.ts';
import { useRead } from '../../parts/useRead.ts';
import type { Session } from '../../session/session.ts';

export type Suites = InspectorCatalogue['suites'];
export type InspectorFacts = { released: readonly ReleasedModel[]; suites: Suites };

const NONE: InspectorFacts = { released: [], suites: [] };

export function useInspectorFacts(session: Session): InspectorFacts {
  const { inspector } = session;
  const ask = async (): Promise<InspectorFacts> => {
    // What the suites ask is the same under all settings.
    const [released, { suites }] = await Promise.all([inspector.released(), inspector.catalogue(DEFAULTS)]);
    return { released, suites };
  };
  return useRead('inspector', [], ask, (error) => session.report(error)) ?? NONE;
}
