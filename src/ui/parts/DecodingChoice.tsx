// The choice between the scores of sampled and of greedy answers.

import type { Signal } from '@preact/signals';
import { DECODING_TABLE, DECODINGS, type Decoding } from '../../terms/decodings.ts';
import { Select } from './Select.tsx';

export function DecodingChoice({ decoding }: { decoding: Signal<Decoding> }) {
  return (
    <>
      <Select
        class="reference-choice small"
        label="Answers"
        value={decoding.value}
        choices={DECODINGS.map((name) => [name, DECODING_TABLE[name].title.toLowerCase()] as const)}
        onChoice={(chosen) => (decoding.value = DECODINGS.find((name) => name === chosen) ?? decoding.value)}
      />{' '}
      <span class="hint">{DECODING_TABLE[decoding.value].help.replaceAll('`', '')}</span>
    </>
  );
}

/** In the place of greedy scores that nobody has measured. */
export function NotMeasured() {
  return (
    <p class="empty">
      Greedy answers: not measured in this older evaluation. “Evaluate a checkpoint now” in Evaluation
      measures them.
    </p>
  );
}
