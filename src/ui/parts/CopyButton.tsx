// A button that copies a text and says so in its own place, or shows it to be copied by hand where the browser does not let it.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Button } from './Button.tsx';

/** Time for which the button says that it is done. */
const SAID_MS = 4000;

type CopyButtonProps = {
  label: string;
  /** What is copied, for readers who do not see where the button stands. */
  of?: string;
  text: () => string;
  /** Called where the text cannot be made. */
  onError?: (error: unknown) => void;
};

export function CopyButton({ label, of = '', text, onError }: CopyButtonProps) {
  const copied = useSignal(false);
  const byHand = useSignal('');
  useEffect(() => {
    if (!copied.value) return;
    const timer = setTimeout(() => (copied.value = false), SAID_MS);
    return () => clearTimeout(timer);
  }, [copied.value]);
  const copy = async (): Promise<void> => {
    let made: string;
    try {
      made = text();
    } catch (error) {
      if (!onError) throw error;
      onError(error);
      return;
    }
    try {
      await navigator.clipboard.writeText(made);
      copied.value = true;
      byHand.value = '';
    } catch {
      byHand.value = made;
    }
  };
  return (
    <span class="copy row">
      <Button class={copied.value ? 'copied' : ''} onClick={() => void copy()}>
        <span>
          {label}
          {of && <span class="skip"> {of}</span>}
        </span>
        <span class="done" aria-hidden="true">
          ✓ Copied
        </span>
      </Button>
      <span role="status" class="skip">
        {copied.value && 'Copied.'}
      </span>
      <span role="status" class="hint">
        {byHand.value !== '' && 'Copy it from here:'}
      </span>
      {byHand.value !== '' && (
        <input
          type="text"
          readOnly
          aria-label={`${label} ${of}`.trim()}
          value={byHand.value}
          onFocus={(event) => event.currentTarget.select()}
        />
      )}
    </span>
  );
}
