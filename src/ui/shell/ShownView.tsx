// The view on show: its code is loaded when it is first wanted.

import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { view } from '../commands/route.ts';
import type { ViewName } from '../commands/viewNames.ts';
import { VIEW_CODE } from '../views/table.ts';
import type { ViewProps } from '../views/types.ts';

const loaded = new Map<ViewName, ComponentType<ViewProps>>();

/** Of the element that holds the view. */
export const VIEW_ID = 'view';

export function ShownView(props: ViewProps) {
  const name = view.value;
  const revision = useSignal(0);
  useEffect(() => {
    if (loaded.has(name)) return;
    VIEW_CODE[name]().then(
      (component) => {
        loaded.set(name, component);
        revision.value += 1;
      },
      (error) => props.session.report(error),
    );
  }, [name]);
  // Read so that the view is drawn once its code is there.
  const View = revision.value >= 0 ? loaded.get(name) : undefined;
  return (
    <main id={VIEW_ID} class={`view ${name}`} tabIndex={-1}>
      {View ? <View {...props} /> : <p class="empty">Loading …</p>}
    </main>
  );
}
