// Draws a prompt: from a test suite or of a label, by its number.

import { formatWord } from '../../../base/format.ts';
import { LABEL_TABLE, LABELS, type Label } from '../../../terms/labels.ts';
import { SUITE_TABLE, SUITES, type Suite } from '../../../terms/suites.ts';
import { Button } from '../../parts/Button.tsx';
import { NumberField } from '../../parts/NumberField.tsx';
import { Select } from '../../parts/Select.tsx';
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
  const draw = (typed: number): void => {
    if (typed >= 0 && typed <= MOST) void probe.draw(from, Math.floor(typed));
  };
  return (
    <fieldset class="draw rows">
      <legend>Load an example</legend>
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
        <NumberField
          label={<span class="hint">Number</span>}
          {...{ min: 0, max: MOST, step: 1, value: index, onNumber: draw }}
        />
        <Button label="Load" onClick={() => draw(index)} />
        <Button label="Next" onClick={() => draw((index + 1) % (MOST + 1))} />
      </div>
      <p class="hint">{about}</p>
    </fieldset>
  );
}
