// The filter of the replay buffer.

import { formatWord } from '../../../base/format.ts';
import { stageTitle } from '../../../terms/stages.ts';
import { Button } from '../../parts/Button.tsx';
import { type Choice, Select, Tick } from '../../parts/Select.tsx';
import { type BufferFilter, conditions, NO_FILTER } from '../../state/samples/buffer.ts';
import type { SamplesModel } from './samplesModel.ts';

type AmountKey = 'minStep' | 'maxStep' | 'minAbsAdvantage' | 'minPolicyVersion';

export function BufferFilterForm({ model }: { model: SamplesModel }) {
  const { buffer } = model;
  const filter = buffer.filter.value;
  const set = (part: Partial<BufferFilter>): void => {
    buffer.filter.value = { ...buffer.filter.value, ...part };
    buffer.page.value = 0;
  };
  const count = conditions(filter);
  const amount = (key: AmountKey, label: string, step = '1') => (
    <label class="filter-field small">
      {label}
      <input
        type="number"
        min={0}
        step={step}
        value={filter[key] ?? ''}
        onInput={({ currentTarget: { valueAsNumber } }) =>
          set({ [key]: Number.isFinite(valueAsNumber) ? Math.max(0, valueAsNumber) : null })
        }
      />
    </label>
  );
  const tick = (key: 'pinnedOnly' | 'reusableOnly', label: string) => (
    <Tick class="tick small" label={label} checked={filter[key]} onTick={(on) => set({ [key]: on })} />
  );
  return (
    <form
      class="filter row"
      aria-label="Filter of the replay buffer"
      onSubmit={(event) => event.preventDefault()}
    >
      <Any
        label="Stage"
        value={filter.stage}
        choices={buffer.stages.value.map((name) => [name, stageTitle(name)])}
        onChoice={(stage) => set({ stage })}
      />
      <Any
        label="Label"
        value={filter.label}
        choices={buffer.labels.value.map((name) => [name, formatWord(name)])}
        onChoice={(label) => set({ label })}
      />
      {amount('minStep', 'From step')}
      {amount('maxStep', 'To step')}
      {amount('minAbsAdvantage', 'Max |A| at least', 'any')}
      {amount('minPolicyVersion', 'Version at least')}
      <Any
        label="Discarded"
        value={filter.discarded === 'any' ? '' : filter.discarded}
        choices={[
          ['without', 'leave out'],
          ['only', 'only these'],
        ]}
        onChoice={(value) => set({ discarded: value === '' ? 'any' : (value as 'only' | 'without') })}
      />
      {tick('pinnedOnly', 'Pinned only')}
      {tick('reusableOnly', 'Reusable only')}
      <Button disabled={count === 0} onClick={() => set(NO_FILTER)}>
        Clear{count > 0 && ` (${count})`}
        <span class="skip"> filter</span>
      </Button>
    </form>
  );
}

type AnyProps = {
  label: string;
  /** `''`: any. */
  value: string;
  choices: readonly Choice[];
  onChoice: (value: string) => void;
};

function Any({ choices, ...select }: AnyProps) {
  return <Select class="filter-field small" choices={[['', 'any'], ...choices]} {...select} />;
}
