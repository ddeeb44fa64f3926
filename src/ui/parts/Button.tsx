// A button: never the submit button of a form unless it says so.

import type { ButtonHTMLAttributes, ComponentChildren } from 'preact';

type ButtonProps = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'label'> & {
  label?: ComponentChildren;
  /** After the label, for screen readers alone: which of several like it this one is. */
  more?: string;
};

export function Button({ label, more, children, ...attributes }: ButtonProps) {
  return (
    <button type="button" {...attributes}>
      {label}
      {more && <span class="skip">{more}</span>}
      {children}
    </button>
  );
}
