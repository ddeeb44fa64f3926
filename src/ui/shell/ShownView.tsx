// The view on show: its code is loaded when it is first wanted, and an error in it stays in its place.

import { view } from '../commands/route.ts';
import type { ViewProps } from '../session/session.ts';
import { VIEW_TABLE } from '../views/table.ts';
import { ViewBoundary } from './ViewBoundary.tsx';

/** Of the element that holds the view. */
export const VIEW_ID = 'view';

export function ShownView(props: ViewProps) {
  const { name, title, View } = VIEW_TABLE.find((each) => each.name === view.value) ?? VIEW_TABLE[0];
  return (
    <main id={VIEW_ID} class={`view ${name}`} tabIndex={-1}>
      <ViewBoundary key={name} title={title}>
        <View {...props} />
      </ViewBoundary>
    </main>
  );
}
