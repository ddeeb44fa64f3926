// More values and more seeds for a plan that runs or has ended.

import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { asPlaygroundError } from '../../../base/errors.ts';
import { extent } from '../../../base/numbers.ts';
import { allSeeds, type Plan } from '../../../experiments/plans.ts';
import type { QueueRecord } from '../../../storage/types.ts';
import { Problem } from '../../parts/Problem.tsx';
import { planWithSeeds, planWithValues } from '../../state/lab/queueEdits.ts';
import type { LabProps } from './lab.ts';

type AddToPlanProps = LabProps & { queue: QueueRecord; plan: Plan };

export function AddToPlan({ lab, queue, plan }: AddToPlanProps) {
  const problem = useSignal('');
  const hasResults = lab.rows.value.some(({ state }) => state === 'done' || state === 'collapsed');
  const add = (change: (plan: Plan) => Plan) => async (): Promise<boolean> => {
    try {
      await lab.replan(queue.id, change);
      problem.value = '';
      return true;
    } catch (error) {
      const { message, hint } = asPlaygroundError(error);
      problem.value = `${message} ${hint}`;
      return false;
    }
  };
  const next = extent(allSeeds(plan))[1] + 1;
  return (
    <details>
      <summary>Add values or seeds</summary>
      <div class="rows">
        {plan.factors.map(({ setting }) => (
          <AddField
            key={setting}
            label={
              <>
                Values of <code>{setting}</code>
              </>
            }
            button="Add values"
            onAdd={(text) => add((each) => planWithValues(each, setting, text))()}
          />
        ))}
        <AddField
          label="Seeds"
          button="Add seeds"
          placeholder={`${next}..${next + 4}`}
          onAdd={(text) => add((each) => planWithSeeds(each, text, hasResults))()}
        />
        {hasResults && (
          <p class="hint">
            Seeds that are added now come after a look at the results: they are marked, and the verdicts share
            their 5 % among all looks.
          </p>
        )}
        <Problem text={problem.value} />
      </div>
    </details>
  );
}

type AddFieldProps = {
  label: ComponentChildren;
  button: string;
  placeholder?: string;
  /** Resolves to whether it was added. */
  onAdd: (text: string) => Promise<boolean>;
};

function AddField({ label, button, placeholder, onAdd }: AddFieldProps) {
  const text = useSignal('');
  return (
    <form
      class="inline-form row"
      onSubmit={(event) => {
        event.preventDefault();
        void onAdd(text.value).then((added) => {
          if (added) text.value = '';
        });
      }}
    >
      <label class="lab-text">
        {label}{' '}
        <input
          type="text"
          autocomplete="off"
          spellcheck={false}
          {...(placeholder !== undefined && { placeholder })}
          value={text.value}
          onInput={(event) => (text.value = event.currentTarget.value)}
        />
      </label>
      <button type="submit">{button}</button>
    </form>
  );
}
