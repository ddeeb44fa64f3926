// Keeps an error of one view in its place: the top bar, the run and the other views live on.

import type { ComponentChildren } from 'preact';
import { useErrorBoundary } from 'preact/hooks';
import { asPlaygroundError } from '../../base/errors.ts';
import { Button } from '../parts/Button.tsx';
import { CopyButton } from '../parts/CopyButton.tsx';
import { alertOfError } from '../state/alerts.ts';

/**
 * In the place of a view that has failed: one sentence, a way on, and the technical details folded. Give it a key that changes with
 * the view, so that another view begins without the error.
 */
export function ViewBoundary({ title, children }: { title: string; children: ComponentChildren }) {
  const [error, reset] = useErrorBoundary();
  if (error === undefined) return <>{children}</>;
  const { message, hint, details } = alertOfError(error);
  const lost = asPlaygroundError(error).code === 'not-loaded';
  const sentence = lost ? `The view ${title} could not be loaded.` : `The view ${title} has failed.`;
  const report = (): string => [sentence, message, details, navigator.userAgent].join('\n');
  return (
    <div class="stack">
      <section class="card" role="alert">
        <h2>{sentence}</h2>
        <p>
          {lost ? hint : 'The run and the other views go on.'} If it happens again, please report it with the
          details.
        </p>
        <div class="buttons">
          <Button
            label={lost ? 'Reload' : 'Try again'}
            onClick={() => (lost ? location.reload() : reset())}
          />
          <CopyButton label="Copy the details" of="of this error" text={report} />
        </div>
        <details>
          <summary>Technical details</summary>
          <pre>
            {message}
            {'\n'}
            {details}
          </pre>
        </details>
      </section>
    </div>
  );
}
