// What went wrong, in the place where it did; with a way to try again where there is one.

import { Button } from './Button.tsx';

type ProblemProps = { text: string | undefined; retry?: () => void };

/** Nothing where there is no text. */
export function Problem({ text, retry }: ProblemProps) {
  if (!text) return null;
  return (
    <div class="problem row" role="alert">
      {text} {retry && <Button label="Try again" onClick={retry} />}
    </div>
  );
}
