// A field whose text is taken when it is left: what is being typed is not replaced by a redraw from outside.

import { useSignal } from '@preact/signals';
import type { TargetedEvent } from 'preact';

type TypedEvent = TargetedEvent<HTMLInputElement>;

/**
 * Attributes of an `<input>`. A plain controlled one is set back to its value whenever its owner redraws, in the middle
 * of a word too.
 * @param value shown while nobody types; also after a text that the owner did not take
 * @param onText gets the whole text when the field is left or Enter is pressed
 */
export function useTyped(value: string | number, onText: (text: string) => void) {
  const typed = useSignal<string | null>(null);
  return {
    value: typed.value ?? value,
    onInput: (event: TypedEvent) => (typed.value = event.currentTarget.value),
    onChange: (event: TypedEvent) => {
      typed.value = null;
      onText(event.currentTarget.value);
    },
    // A text that was changed and changed back is left without a change.
    onBlur: () => (typed.value = null),
  };
}
