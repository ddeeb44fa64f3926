// The messages on the page: errors and informations, each until it is dismissed.

import { type Signal, signal } from '@preact/signals';
import { type Alert, type AlertAction, type AlertContent, addAlert, alertOfError } from '../state/alerts.ts';

export class Notices {
  readonly alerts: Signal<readonly Alert[]> = signal([]);
  #count = 0;

  /** Gives the id, for a message that is to be withdrawn. */
  add(content: AlertContent): number {
    this.#count += 1;
    this.alerts.value = addAlert(this.alerts.value, content, this.#count);
    return this.#count;
  }

  report(error: unknown, actions: readonly AlertAction[] = []): void {
    this.add(alertOfError(error, actions));
  }

  /** A message that is no error. */
  inform(message: string, hint: string, actions: readonly AlertAction[] = []): number {
    return this.add({ tone: 'info', message, hint, details: '', actions });
  }

  dismiss(alertId: number): void {
    this.alerts.value = this.alerts.value.filter((alert) => alert.id !== alertId);
  }
}
