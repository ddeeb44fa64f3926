// The filter of the replay buffer.

import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { formatWord } from '../../../base/format.ts';
import { stageTitle } from '../../../terms/stages.ts';
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
      class="filter"
      aria-label="Filter of the replay buffer"
      onSubmit={(event) => {
        event.preventDefault();
      }}
    >
      <Choice
        label="Stage"
        value={filter.stage}
        choices={buffer.stages.value.map((name) => [name, stageTitle(name)])}
        onChoice={(stage) => set({ stage })}
      />
      <Choice
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
      <Choice
        label="Discarded"
        value={filter.discarded === 'any' ? '' : filter.discarded}
        choices={[
          ['without', 'leave out'],
          ['only', 'only these'],
        ]}
        onChoice={(value) => set({ discarded: value === '' ? 'any' : (value as 'only' | 'without') })}
      />
      <Tick label="Pinned only" on={filter.pinnedOnly} onTick={(pinnedOnly) => set({ pinnedOnly })} />
      <Tick label="Reusable only" on={filter.reusableOnly} onTick={(reusableOnly) => set({ reusableOnly })} />
      <button
        type="button"
        disabled={count === 0}
        onClick={() => {
          set(NO_FILTER);
        }}
      >
        Clear{count > 0 && ` (${count})`}
        <span class="skip"> filter</span>
      </button>
    </form>
  );
}

function Field({ label, id, children }: { label: string; id: string; children: ComponentChildren }) {
  return (
    <div class="filter-field">
      <label for={id}>{label}</label>
      {children}
    </div>
  );
}

type ChoiceProps = {
  label: string;
  /** `''`: any. */
  value: string;
  choices: readonly (readonly [value: string, title: string])[];
  onChoice: (value: string) => void;
};

function Choice({ label, value, choices, onChoice }: ChoiceProps) {
  const id = useId();
  return (
    <Field label={label} id={id}>
      <select id={id} value={value} onChange={(event) => onChoice(event.currentTarget.value)}>
        <option value="">any</option>
        {choices.map(([choice, title]) => (
          <option key={choice} value={choice}>
            {title}
          </option>
        ))}
      </select>
    </Field>
  );
}

type AmountProps = {
  label: string;
  value: number | null;
  step?: string;
  onAmount: (value: number | null) => void;
};

function Amount({ label, value, step = '1', onAmount }: AmountProps) {
  const id = useId();
  return (
    <Field label={label} id={id}>
      <input
        id={id}
        type="number"
        min={0}
        step={step}
        value={value ?? ''}
        onInput={(event) => {
          const { valueAsNumber } = event.currentTarget;
          onAmount(Number.isFinite(valueAsNumber) ? Math.max(0, valueAsNumber) : null);
        }}
      />
    </Field>
  );
}

function Tick({ label, on, onTick }: { label: string; on: boolean; onTick: (on: boolean) => void }) {
  return (
    <label class="tick">
      <input type="checkbox" checked={on} onChange={(event) => onTick(event.currentTarget.checked)} /> {label}
    </label>
  );
}
