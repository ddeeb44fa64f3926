// Draws a prompt: from a test suite or of a label, by its number.

import { formatWord } from '../../../base/format.ts';
import { LABEL_TABLE, LABELS, type Label } from '../../../terms/labels.ts';
import { SUITE_TABLE, SUITES, type Suite } from '../../../terms/suites.ts';
import { Button } from '../../parts/Button.tsx';
import { Select } from '../../parts/Select.tsx';
import { useTyped } from '../../parts/useTyped.ts';
import type { Probe } from './probe.ts';

/** Any number gives a prompt; this keeps it readable. */
const MOST = 999_999;

export function DrawFields({ probe }: { probe: Probe }) {
  const from = probe.from.value;
  const index = probe.index.value;
  const key = 'suite' in from ? `suite:${from.suite}` : `label:${from.label}`;
  const about =
    'suite' in from ? SUITE_TABLE[from.suite as Suite]?.help : LABEL_TABLE[from.label as Label]?.about;
  const choose = (value: string): void => {
    const [kind = '', name = ''] = value.split(':');
    void probe.draw(kind === 'suite' ? { suite: name } : { label: name }, 0);
  };
  const number = useTyped(index, (text) => {
    const typed = Math.floor(Number.parseFloat(text));
    if (typed >= 0 && typed <= MOST) void probe.draw(from, typed);
  });
  return (
    <fieldset class="draw rows">
      <legend>Draw a prompt</legend>
      <div class="choices row">
        <Select
          label={<span class="hint">From</span>}
          value={key}
          groups={[
            { label: 'Test suites', choices: SUITES.map((suite) => [`suite:${suite}`, suite] as const) },
            {
              label: 'By label, validation split',
              choices: LABELS.map((label) => [`label:${label}`, formatWord(label)] as const),
            },
          ]}
          onChoice={choose}
        />
        <label>
          <span class="hint">Number</span>
          <input type="number" min={0} max={MOST} step={1} {...number} />
        </label>
        <Button label="Draw it" onClick={() => void probe.draw(probe.from.value, probe.index.value)} />
        <Button
          label="Another one"
          onClick={() => void probe.draw(probe.from.value, (probe.index.value + 1) % (MOST + 1))}
        />
      </div>
      <p class="hint">{about}</p>
    </fieldset>
  );
}
