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

export function alertOfWire(wire: WireError, actions: readonly AlertAction[] = []): AlertContent {
  const fields = Object.entries(wire.details).map(([key, value]) => `${key}: ${value}`);
  return {
    tone: 'error',
    message: wire.message,
    hint: wire.hint,
    details: [`code: ${wire.code}`, ...fields, wire.stack].filter((line) => line !== '').join('\n'),
    actions: wire.code === 'not-loaded' ? [...actions, RELOAD] : actions,
  };
}
