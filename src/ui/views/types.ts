// What every view is given.

import type { Signal } from '@preact/signals';
import type { Session } from '../session/session.ts';
import type { Draft } from '../state/form/draft.ts';

export type ViewProps = {
  session: Session;
  /** Preset and settings of the next run. */
  draft: Signal<Draft>;
};
