// The messages on the page: errors and informations, each until it is dismissed.

import { type Signal, signal } from '@preact/signals';
import { type Alert, type AlertAction, type AlertContent, alertOfError } from '../state/alerts.ts';

export class Notices {
  readonly alerts: Signal<readonly Alert[]> = signal([]);
  #count = 0;
  readonly #ofRun: number[] = [];

  /** The same message twice is shown once. Gives the id, for a message that is to be withdrawn. */
  add(content: AlertContent): number {
    this.#count += 1;
    const others = this.alerts.value.filter(({ message }) => message !== content.message);
    this.alerts.value = [...others, { ...content, id: this.#count }];
    return this.#count;
  }

  /** A message on the run on view: it goes when another one takes its place. */
  addOfRun(content: AlertContent): void {
    this.#ofRun.push(this.add(content));
  }

  dismissOfRun(): void {
    for (const id of this.#ofRun.splice(0)) this.dismiss(id);
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
