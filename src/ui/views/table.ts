// The code of each view, found by its place: loaded when it is first shown, so that the first paint waits for nothing it does not show.

import type { ComponentType } from 'preact';
import type { ViewInfo } from '../commands/viewNames.ts';
import type { ViewProps } from '../session/session.ts';

const MODULES = import.meta.glob<{ [component: string]: ComponentType<ViewProps> }>('./*/*View.tsx');

/** The component `TitleView` of `NAME/TitleView.tsx`. */
export async function loadView({ name, title }: ViewInfo): Promise<ComponentType<ViewProps>> {
  const component = `${title}View`;
  return (await MODULES[`./${name}/${component}.tsx`]())[component];
}
