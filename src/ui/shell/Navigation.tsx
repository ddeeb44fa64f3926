// Links to the views; plain links, so that they open in another tab too.

import { VIEWS } from '../views/names.ts';
import { view } from './route.ts';

export function Navigation() {
  return (
    <nav class="views" aria-label="Views">
      {VIEWS.map(({ name, title, about }) => (
        <a key={name} href={`#${name}`} title={about} aria-current={view.value === name ? 'page' : undefined}>
          {title}
        </a>
      ))}
    </nav>
  );
}
