// Puts other layers of the preset into the form, and says which settings that were set by hand went with it.

import type { Signal } from '@preact/signals';
import type { PresetKind } from '../../config/index.ts';
import type { Session } from '../session/session.ts';
import { type Draft, overriddenText, withLayers } from '../state/form/draft.ts';

export function chooseLayers(
  session: Session,
  draft: Signal<Draft>,
  chosen: Partial<Record<PresetKind, string>>,
): void {
  const before = draft.value;
  const { draft: next, overridden } = withLayers(before, chosen);
  draft.value = next;
  if (overridden.length === 0) return;
  const count = overridden.length === 1 ? 'a setting' : `${overridden.length} settings`;
  session.inform(
    `This preset sets ${count} that you had set by hand.`,
    `${overriddenText(overridden)} What else you had set stays.`,
    [
      {
        label: 'Undo',
        run: () => {
          draft.value = before;
        },
      },
    ],
  );
}
