// Draws a prompt: from a test suite or of a label, by its number.

import { formatWord } from '../../../base/format.ts';
import type { InspectorCatalogue } from '../../../protocol/inspector.ts';
import { useTyped } from '../../parts/useTyped.ts';
import type { Probe } from './probe.ts';

/** Any number gives a prompt; this keeps it readable. */
const MOST = 999_999;

export function DrawFields({ probe, catalogue }: { probe: Probe; catalogue: InspectorCatalogue }) {
  const from = probe.from.value;
  const index = probe.index.value;
  const key = 'suite' in from ? `suite:${from.suite}` : `label:${from.label}`;
  const about =
    'suite' in from
      ? catalogue.suites.find(({ suite }) => suite === from.suite)?.about
      : catalogue.labels.find(({ label }) => label === from.label)?.about;
  const choose = (value: string): void => {
    const [kind = '', name = ''] = value.split(':');
    void probe.draw(kind === 'suite' ? { suite: name } : { label: name }, 0);
  };
  const number = useTyped(index, (text) => {
    const typed = Math.floor(Number.parseFloat(text));
    if (typed >= 0 && typed <= MOST) void probe.draw(from, typed);
  });
  return (
    <fieldset class="draw">
      <legend>Draw a prompt</legend>
      <div class="choices">
        <label>
          <span class="hint">From</span>
          <select value={key} onChange={(event) => choose(event.currentTarget.value)}>
            <optgroup label="Test suites">
              {catalogue.suites.map(({ suite }) => (
                <option key={suite} value={`suite:${suite}`}>
                  {suite}
                </option>
              ))}
            </optgroup>
            <optgroup label="By label, validation split">
              {catalogue.labels.map(({ label }) => (
                <option key={label} value={`label:${label}`}>
                  {formatWord(label)}
                </option>
              ))}
            </optgroup>
          </select>
        </label>
        <label>
          <span class="hint">Number</span>
          <input type="number" min={0} max={MOST} step={1} {...number} />
        </label>
        <button type="button" onClick={() => void probe.draw(probe.from.value, probe.index.value)}>
          Draw it
        </button>
        <button
          type="button"
          onClick={() => void probe.draw(probe.from.value, (probe.index.value + 1) % (MOST + 1))}
        >
          Another one
        </button>
      </div>
      <p class="hint">{about}</p>
    </fieldset>
  );
}
