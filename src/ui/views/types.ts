// What every view is given, and what a view is.

import type { Signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import type { LabClient } from '../labClient.ts';
import type { Session } from '../session.ts';
import type { Draft } from '../state/draft.ts';

export type ViewProps = {
  session: Session;
  /** Preset and settings of the next run. */
  draft: Signal<Draft>;
  lab: LabClient;
};

export type ViewInfo = {
  /** In the address, after `#`. */
  name: string;
  title: string;
  /** One sentence: what it is for. */
  about: string;
  /** Loads its code when it is first shown, so that the first paint waits for nothing it does not show. */
  load: () => Promise<ComponentType<ViewProps>>;
};
