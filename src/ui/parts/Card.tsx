// A card of a view: its title, what stands beside that, and the content.

import type { ComponentChildren, HTMLAttributes } from 'preact';

type CardProps = Omit<HTMLAttributes<HTMLElement>, 'title' | 'id'> & {
  /** Of the title: `${id}-title`. */
  id: string;
  title: ComponentChildren;
  /** Beside the title. */
  tools?: ComponentChildren;
};

export function Card({ id, title, tools, class: more, children, ...rest }: CardProps) {
  // A command may move the focus there.
  const heading = (
    <h2 id={`${id}-title`} tabIndex={-1}>
      {title}
    </h2>
  );
  return (
    <section class={more ? `card ${more}` : 'card'} aria-labelledby={`${id}-title`} {...rest}>
      {tools ? (
        <div class="card-head">
          {heading}
          {tools}
        </div>
      ) : (
        heading
      )}
      {children}
    </section>
  );
}
