// The view on show: its code is loaded when it is first wanted, and an error in it stays in its place.

import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { view } from '../commands/route.ts';
import { type ViewName, viewOf } from '../commands/viewNames.ts';
import type { ViewProps } from '../session/session.ts';
import { loadView } from '../views/table.ts';
import { ViewBoundary, ViewError } from './ViewBoundary.tsx';

type Loaded = { View: ComponentType<ViewProps> } | { error: unknown };

const loaded = new Map<ViewName, Loaded>();

/** Of the element that holds the view. */
export const VIEW_ID = 'view';

export function ShownView(props: ViewProps) {
  const info = viewOf(view.value);
  const { name, title } = info;
  const revision = useSignal(0);
  useEffect(() => {
    // Code that could not be loaded is asked for again when the view is next shown.
    if ('View' in (loaded.get(name) ?? {})) return;
    const take = (code: Loaded): void => {
      loaded.set(name, code);
      revision.value += 1;
    };
    loadView(info).then(
      (View) => take({ View }),
      (error) => take({ error }),
    );
  }, [name]);
  // Read so that the view is drawn once its code is there.
  const code = revision.value >= 0 ? loaded.get(name) : undefined;
  return (
    <main id={VIEW_ID} class={`view ${name}`} tabIndex={-1}>
      {!code && <p class="empty">Loading …</p>}
      {code && 'View' in code && (
        <ViewBoundary key={name} title={title}>
          <code.View {...props} />
        </ViewBoundary>
      )}
      {code && 'error' in code && (
        <ViewError
          error={code.error}
          sentence={`The view ${title} could not be loaded.`}
          hint="The network may be down, or the page has been replaced by a newer version: a reload fetches that. A run in training goes on after it."
          retry={{ label: 'Reload', run: () => location.reload() }}
        />
      )}
    </main>
  );
}
