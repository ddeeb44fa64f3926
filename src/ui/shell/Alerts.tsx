// The area of messages: announced to screen readers, dismissible, details folded.

import { Button } from '../parts/Button.tsx';
import type { Alert } from '../state/alerts.ts';

type AlertsProps = { alerts: readonly Alert[]; onDismiss: (id: number) => void };

export function Alerts({ alerts, onDismiss }: AlertsProps) {
  return (
    <div class="alerts rows" aria-live="assertive">
      {alerts.map((alert) => (
        <div
          key={alert.id}
          class={`alert row ${alert.tone}`}
          role={alert.tone === 'error' ? 'alert' : 'status'}
        >
          <p>
            <strong>{alert.message}</strong> {alert.hint}
          </p>
          <div class="buttons">
            {alert.actions.map((action) => (
              <Button
                label={action.label}
                key={action.label}
                onClick={() => {
                  onDismiss(alert.id);
                  action.run();
                }}
              />
            ))}
            <Button label="Dismiss" class="quiet" onClick={() => onDismiss(alert.id)} />
          </div>
          {alert.tone === 'error' && alert.details !== '' && (
            <details>
              <summary>Technical details</summary>
              <pre>{alert.details}</pre>
            </details>
          )}
        </div>
      ))}
    </div>
  );
}
