// Messages to the user: one clear sentence, a way on, buttons; technical details folded away.

import { asPlaygroundError, toWireError, type WireError } from '../../base/errors.ts';

export type AlertAction = { label: string; run: () => void };
export type Alert = {
  id: number;
  tone: 'error' | 'info';
  message: string;
  hint: string;
  /** Code, fields and stack, for a report of a fault. */
  details: string;
  actions: readonly AlertAction[];
};

export type AlertContent = Omit<Alert, 'id'>;

const RELOAD: AlertAction = { label: 'Reload', run: () => location.reload() };

export function alertOfError(error: unknown, actions: readonly AlertAction[] = []): AlertContent {
  return alertOfWire(toWireError(asPlaygroundError(error)), actions);
}

/** The guard's own words name settings by their keys; the view Train says it in full, once. */
const STOPPED_BY_GUARD = 'The guard stopped the run.';

export function alertOfWire(wire: WireError, actions: readonly AlertAction[] = []): AlertContent {
  const byGuard = wire.code === 'diverged';
  const fields = Object.entries(wire.details).map(([key, value]) => `${key}: ${value}`);
  return {
    tone: 'error',
    message: byGuard ? STOPPED_BY_GUARD : wire.message,
    hint: byGuard ? 'Train says what went wrong and what to change.' : wire.hint,
    details: [`code: ${wire.code}`, ...(byGuard ? [wire.message, wire.hint] : []), ...fields, wire.stack]
      .filter((line) => line !== '')
      .join('\n'),
    actions: wire.code === 'not-loaded' ? [...actions, RELOAD] : actions,
  };
}
