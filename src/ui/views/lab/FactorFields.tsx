// The settings that a plan varies, and their values as text.

import type { ComponentChildren } from 'preact';
import { findSetting } from '../../../config/index.ts';
import { Button } from '../../parts/Button.tsx';
import { Select } from '../../parts/Select.tsx';
import { useTyped } from '../../parts/useTyped.ts';
import type { settingGroups } from '../../state/lab/baseChoices.ts';
import type { PlanForm } from '../../state/lab/planForm.ts';

const MOST_FACTORS = 2;

type Groups = ReturnType<typeof settingGroups>;

type FactorsProps = {
  form: PlanForm;
  onForm: (form: PlanForm) => void;
  groups: Groups;
  factorOf: (setting: string) => PlanForm['factors'][number];
};

export function Factors({ form, groups, onForm, factorOf }: FactorsProps) {
  const firstOpen = groups[0]?.choices[0]?.[0] ?? '';
  return (
    <>
      {form.factors.map((factor, index) => {
        const put = (next: typeof factor | null): void =>
          onForm({
            ...form,
            name: '',
            factors: form.factors.flatMap((each, i) => (i !== index ? [each] : next ? [next] : [])),
          });
        const known = groups.some(({ choices }) => choices.some(([key]) => key === factor.setting));
        return (
          <div class="row" key={index}>
            <Select
              label={index === 0 ? 'Setting' : 'Second setting'}
              value={factor.setting}
              choices={known ? [] : [[factor.setting, factor.setting]]}
              groups={groups}
              onChoice={(setting) => put(factorOf(setting))}
            />
            <TextField
              label="Values"
              value={factor.values}
              onText={(values) => put({ ...factor, values })}
              about={findSetting(factor.setting)?.help}
            />
            {form.factors.length > 1 && (
              <Button
                label="Remove"
                more={` the setting ${factor.setting}`}
                class="quiet"
                onClick={() => put(null)}
              />
            )}
          </div>
        );
      })}
      {form.factors.length < MOST_FACTORS && (
        <p>
          <Button
            label="Vary a second setting"
            class="quiet"
            onClick={() =>
              onForm({ ...form, factors: [...form.factors, factorOf(secondOf(groups, form, firstOpen))] })
            }
          />
        </p>
      )}
    </>
  );
}

/** Another loss, seed or rate is what is asked most; here the learning rate, where it is open and not taken. */
export function secondOf(groups: Groups, form: PlanForm, first: string): string {
  const open = groups.flatMap(({ choices }) => choices.map(([key]) => key));
  const free = open.filter((key) => form.factors.every(({ setting }) => setting !== key));
  return free.find((key) => key === 'stage2_learning_rate') ?? free[0] ?? first;
}

type TextFieldProps = {
  label: ComponentChildren;
  value: string;
  onText: (text: string) => void;
  about?: string | undefined;
  wide?: boolean;
};

export function TextField({ label, value, onText, about, wide }: TextFieldProps) {
  const typed = useTyped(value, onText);
  return (
    <label class={wide ? 'lab-text wide' : 'lab-text'} title={about}>
      {label} <input type="text" autocomplete="off" spellcheck={false} {...typed} />
    </label>
  );
}
