// The words of the prompt: a field that suggests words of the vocabulary, and says beside itself what is wrong.

import { useSignal } from '@preact/signals';
import { useId, useRef } from 'preact/hooks';
import { Button } from '../../parts/Button.tsx';
import type { Problem } from './problem.ts';
import { corrected, suggestions, withWord, wordAt } from './suggest.ts';

type WordsFieldProps = {
  text: string;
  known: readonly string[];
  problem: Problem | null;
  /** `finished`: no word is in the midst of being written. */
  onText: (text: string, finished: boolean) => void;
  onLeave: () => void;
};

export function WordsField({ text, known, problem, onText, onLeave }: WordsFieldProps) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const caret = useSignal(0);
  const open = useSignal(false);
  /** Index of the suggestion that Enter takes; −1 for none. */
  const active = useSignal(-1);
  const offered = open.value ? suggestions(wordAt(text, caret.value).word, known) : [];
  const isOpen = offered.length > 0;

  const take = (word: string): void => {
    const next = withWord(text, wordAt(text, caret.value), word);
    open.value = false;
    onText(next.text, true);
    // Once the field holds the new text.
    requestAnimationFrame(() => field.current?.setSelectionRange(next.caret, next.caret));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') {
      event.preventDefault();
      const word = offered[active.value];
      if (word !== undefined) take(word);
      else {
        open.value = false;
        onText(text, true);
      }
    } else if (isOpen && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      const from = active.value < 0 && step < 0 ? 0 : active.value;
      active.value = (from + step + offered.length) % offered.length;
    } else if (isOpen && event.key === 'Escape') open.value = false;
  };

  return (
    <div class="words rows">
      <label for={id}>Words</label>
      <input
        ref={field}
        id={id}
        type="text"
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={isOpen}
        aria-controls={`${id}-list`}
        aria-activedescendant={isOpen && active.value >= 0 ? `${id}-${active.value}` : undefined}
        aria-invalid={problem !== null}
        aria-describedby={problem ? `${id}-problem` : `${id}-hint`}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        value={text}
        onInput={(event) => {
          caret.value = event.currentTarget.selectionStart ?? event.currentTarget.value.length;
          active.value = -1;
          open.value = true;
          onText(event.currentTarget.value, false);
        }}
        onKeyDown={onKeyDown}
        onBlur={() => {
          open.value = false;
          onLeave();
        }}
      />
      <div class="offered row" id={`${id}-list`} role="listbox" aria-label="Words that the model knows">
        {offered.map((word, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field keeps the focus, its keys choose
          // biome-ignore lint/a11y/useFocusableInteractive: the field names the active one
          <div
            key={word}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active.value}
            // The field must keep the focus.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => take(word)}
          >
            {word}
          </div>
        ))}
      </div>
      {problem ? (
        <div class="problem row" id={`${id}-problem`} role="alert">
          {problem.text}
          {problem.word !== undefined && problem.instead !== undefined && problem.instead !== '' && (
            <Button
              label={`Write “${problem.instead}”`}
              onClick={() => onText(corrected(text, problem.word ?? '', problem.instead ?? ''), true)}
            />
          )}
        </div>
      ) : (
        <p class="hint" id={`${id}-hint`}>
          {known.length} words are known, and suggested as you type.
        </p>
      )}
    </div>
  );
}
