// A choice with its label.

import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

/** `''` is no value of the others: it stands for none of them. */
export type Choice = readonly [value: string | number, title: ComponentChildren];

type SelectProps = {
  label: ComponentChildren;
  value: string | number;
  choices?: readonly Choice[];
  /** After the choices that belong to no group. */
  groups?: readonly { label: string; choices: readonly Choice[] }[];
  onChoice: (value: string) => void;
  class?: string;
  disabled?: boolean;
};

export function Select({ label, choices = [], groups = [], onChoice, class: name, ...select }: SelectProps) {
  const id = useId();
  return (
    <label class={name}>
      <span id={id}>{label}</span>{' '}
      {/* Named by the words alone: the text of the whole label holds its options too. */}
      <select aria-labelledby={id} {...select} onChange={(event) => onChoice(event.currentTarget.value)}>
        <Options choices={choices} />
        {groups.map((group) => (
          <optgroup key={group.label} label={group.label}>
            <Options choices={group.choices} />
          </optgroup>
        ))}
      </select>
    </label>
  );
}

/** Options of a select whose label stands apart from it. */
export function Options({ choices }: { choices: readonly Choice[] }) {
  return (
    <>
      {choices.map(([value, title]) => (
        <option key={value} value={value}>
          {title}
        </option>
      ))}
    </>
  );
}

type TickProps = {
  label: ComponentChildren;
  checked: boolean;
  onTick: (checked: boolean) => void;
  class?: string;
};

export function Tick({ label, checked, onTick, class: name }: TickProps) {
  return (
    <label class={name}>
      <input type="checkbox" checked={checked} onChange={(event) => onTick(event.currentTarget.checked)} />{' '}
      {label}
    </label>
  );
}
