// The code of each view, found by its place: loaded when it is first shown, so that the first paint waits for nothing it does not show.

import type { ComponentType } from 'preact';
import { VIEWS } from '../commands/viewNames.ts';
import { lazily } from '../parts/lazily.tsx';
import type { ViewProps } from '../session/session.ts';

const MODULES = import.meta.glob<{ [component: string]: ComponentType<ViewProps> }>('./*/*View.tsx');

/** In the order of the navigation; each draws the component `TitleView` of `NAME/TitleView.tsx`. */
export const VIEW_TABLE = VIEWS.map(({ name, title }) => {
  const component = `${title}View`;
  const load = async () => (await MODULES[`./${name}/${component}.tsx`]())[component];
  return { name, title, View: lazily(load, 'Loading …') };
});
