// Keeps an error of one view in its place: the top bar, the run and the other views live on.

import type { ComponentChildren } from 'preact';
import { useErrorBoundary } from 'preact/hooks';
import { Button } from '../parts/Button.tsx';
import { CopyButton } from '../parts/CopyButton.tsx';
import { alertOfError } from '../state/alerts.ts';

/** Give it a key that changes with the view, so that another view begins without the error. */
export function ViewBoundary({ title, children }: { title: string; children: ComponentChildren }) {
  const [error, reset] = useErrorBoundary();
  if (error === undefined) return <>{children}</>;
  return (
    <ViewError
      error={error}
      sentence={`The view ${title} has failed.`}
      hint="The run and the other views go on."
      retry={{ label: 'Try again', run: reset }}
    />
  );
}

type ViewErrorProps = {
  error: unknown;
  sentence: string;
  hint: string;
  retry: { label: string; run: () => void };
};

/** In the place of a view: one sentence, a way on, and the technical details folded. */
export function ViewError({ error, sentence, hint, retry }: ViewErrorProps) {
  const { message, details } = alertOfError(error);
  const report = (): string => [sentence, message, details, navigator.userAgent].join('\n');
  return (
    <div class="stack">
      <section class="card" role="alert">
        <h2>{sentence}</h2>
        <p>{hint} If it happens again, please report it with the details.</p>
        <div class="buttons">
          <Button label={retry.label} onClick={retry.run} />
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
