// What the store or the inspector answers about one thing: asked again when that changes, late answers dropped.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Session } from '../session/session.ts';

/**
 * The newest answer about `of`; null until there is one, and where `of` is null: then nothing is asked. Another value in `again` asks
 * anew and keeps the answer of before meanwhile. What goes wrong is a message of the session.
 */
export function useRead<T>(
  session: Session,
  of: string | null,
  again: readonly unknown[],
  ask: (of: string) => Promise<T>,
): T | null {
  const found = useSignal<{ of: string; answer: T } | null>(null);
  useEffect(() => {
    if (of === null) return;
    let wanted = true;
    ask(of).then(
      (answer) => {
        if (wanted) found.value = { of, answer };
      },
      (error) => session.report(error),
    );
    return () => {
      wanted = false;
    };
  }, [of, ...again]);
  return found.value?.of === of ? found.value.answer : null;
}
