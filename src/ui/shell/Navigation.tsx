// Links to the views; plain links, so that they open in another tab too.

import { view } from '../commands/route.ts';
import { VIEWS } from '../commands/viewNames.ts';

export function Navigation() {
  return (
    <nav class="views row" aria-label="Views">
      {VIEWS.map(({ name, title, about }) => (
        <a key={name} href={`#${name}`} title={about} aria-current={view.value === name ? 'page' : undefined}>
          {title}
        </a>
      ))}
    </nav>
  );
}
