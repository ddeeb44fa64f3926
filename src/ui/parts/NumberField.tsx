// A number with its label, taken when the field is left.

import type { ComponentChildren, InputHTMLAttributes } from 'preact';
import { useTyped } from './useTyped.ts';

type NumberFieldProps = Pick<InputHTMLAttributes<HTMLInputElement>, 'min' | 'max' | 'step' | 'disabled'> & {
  label: ComponentChildren;
  value: number | string;
  /** Gets what was typed; NaN where it is no number. */
  onNumber: (value: number) => void;
};

export function NumberField({ label, value, onNumber, ...attributes }: NumberFieldProps) {
  const typed = useTyped(value, (text) => onNumber(Number.parseFloat(text)));
  return (
    <label>
      {label} <input type="number" {...attributes} {...typed} />
    </label>
  );
}
