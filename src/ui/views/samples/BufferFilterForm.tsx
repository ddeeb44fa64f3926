// The filter of the replay buffer.

import { formatWord } from '../../../base/format.ts';
import { stageTitle } from '../../../terms/stages.ts';
import { Button } from '../../parts/Button.tsx';
import { type Choice, Select, Tick } from '../../parts/Select.tsx';
import { type BufferFilter, conditions, NO_FILTER } from '../../state/samples/buffer.ts';
import type { SamplesModel } from './samplesModel.ts';

export function BufferFilterForm({ model }: { model: SamplesModel }) {
  const { buffer } = model;
  const filter = buffer.filter.value;
  const set = (part: Partial<BufferFilter>): void => {
    buffer.filter.value = { ...buffer.filter.value, ...part };
    buffer.page.value = 0;
  };
  const count = conditions(filter);
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
      <Amount label="From step" value={filter.minStep} onAmount={(minStep) => set({ minStep })} />
      <Amount label="To step" value={filter.maxStep} onAmount={(maxStep) => set({ maxStep })} />
      <Amount
        label="Max |A| at least"
        value={filter.minAbsAdvantage}
        step="any"
        onAmount={(minAbsAdvantage) => set({ minAbsAdvantage })}
      />
      <Amount
        label="Version at least"
        value={filter.minPolicyVersion}
        onAmount={(minPolicyVersion) => set({ minPolicyVersion })}
      />
      <Any
        label="Discarded"
        value={filter.discarded === 'any' ? '' : filter.discarded}
        choices={[
          ['without', 'leave out'],
          ['only', 'only these'],
        ]}
        onChoice={(value) => set({ discarded: value === '' ? 'any' : (value as 'only' | 'without') })}
      />
      <Tick
        class="tick small"
        label="Pinned only"
        checked={filter.pinnedOnly}
        onTick={(pinnedOnly) => set({ pinnedOnly })}
      />
      <Tick
        class="tick small"
        label="Reusable only"
        checked={filter.reusableOnly}
        onTick={(reusableOnly) => set({ reusableOnly })}
      />
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

type AmountProps = {
  label: string;
  value: number | null;
  step?: string;
  onAmount: (value: number | null) => void;
};

function Amount({ label, value, step = '1', onAmount }: AmountProps) {
  return (
    <label class="filter-field small">
      {label}
      <input
        type="number"
        min={0}
        step={step}
        value={value ?? ''}
        onInput={(event) => {
          const { valueAsNumber } = event.currentTarget;
          onAmount(Number.isFinite(valueAsNumber) ? Math.max(0, valueAsNumber) : null);
        }}
      />
    </label>
  );
}
