// Links to the views; plain links, so that they open in another tab too.

import { useEffect, useRef } from 'preact/hooks';
import { view } from '../commands/route.ts';
import { VIEWS } from '../commands/viewNames.ts';

export function Navigation() {
  const list = useRef<HTMLElement>(null);
  const shown = view.value;
  // On a phone the links scroll sideways: the one on show stays in sight.
  useEffect(() => {
    const { current } = list;
    const link = current?.querySelector<HTMLElement>('[aria-current]');
    if (current && link) current.scrollLeft = link.offsetLeft - (current.clientWidth - link.offsetWidth) / 2;
  }, [shown]);
  return (
    <nav ref={list} class="views row" aria-label="Views">
      {VIEWS.map(({ name, title, about }) => (
        <a key={name} href={`#${name}`} title={about} aria-current={shown === name ? 'page' : undefined}>
          {title}
        </a>
      ))}
    </nav>
  );
}
