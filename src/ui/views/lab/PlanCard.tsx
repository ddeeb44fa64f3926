// The form of a plan: where its runs begin, what is varied, under which seeds and what is read; then what it will take, and Start.

import { useRef } from 'preact/hooks';
import { findSetting, type Settings, validateSettings } from '../../../config/index.ts';
import { greedyTwin, MEASURES, type MeasureName, measureOf } from '../../../experiments/plans.ts';
import { Button } from '../../parts/Button.tsx';
import { Card } from '../../parts/Card.tsx';
import { Problem } from '../../parts/Problem.tsx';
import { Select, Tick } from '../../parts/Select.tsx';
import {
  type Bases,
  baseGroups,
  baseOfKey,
  findBase,
  keyOfBase,
  settingGroups,
} from '../../state/lab/baseChoices.ts';
import { planOfText } from '../../state/lab/planAddress.ts';
import { overridesFor, overridesOf, type PlanForm, suggestedValues } from '../../state/lab/planForm.ts';
import { BeforeStart } from './BeforeStart.tsx';
import { Factors, secondOf, TextField } from './FactorFields.tsx';
import type { LabProps } from './lab.ts';

const NAMES = Object.keys(MEASURES) as MeasureName[];
/** A greedy twin is read with its measure. */
const OFFERED = NAMES.filter((name) => !NAMES.some((other) => greedyTwin(other) === name));

export function PlanCard({ lab, session }: LabProps) {
  const [form, bases, draft] = [lab.form.value, lab.bases.value, lab.draft.value];
  const problem = draft && 'problem' in draft ? draft.problem : undefined;
  return (
    <Card
      id="plan"
      title="Which value is better?"
      class="lab-plan"
      tools={
        <PlanFile
          onPlan={(text) => void session.act(async () => lab.fill({ plan: planOfText(text), seats: null }))}
        />
      }
    >
      <p class="hint">
        Trains the same model once for each value and seed, and compares the values seed by seed. The base
        cell is the one with the base’s own value.
      </p>
      {form && bases ? (
        <Fields form={form} bases={bases} onForm={(next) => (lab.form.value = next)} />
      ) : (
        <p class="empty">Looking for starting points …</p>
      )}
      <Problem text={problem} />
      <BeforeStart lab={lab} session={session} />
    </Card>
  );
}

type FieldsProps = { form: PlanForm; bases: Bases; onForm: (form: PlanForm) => void };

function Fields({ form, bases, onForm }: FieldsProps) {
  const base = baseOrNull(form, bases);
  const groups = base ? settingGroups(base, startOrBase(form, base.settings)) : [];
  const factorOf = (setting: string) => {
    const row = findSetting(setting);
    return { setting, values: row && base ? suggestedValues(row, base.settings) : '' };
  };
  const firstOpen = groups[0]?.choices[0]?.[0] ?? '';
  return (
    <div class="lab-fields">
      <Select
        label="Begin from"
        value={keyOfBase(form.base)}
        groups={baseGroups(bases, form.base)}
        onChoice={(key) => {
          const chosen = baseOfKey(key);
          onForm({ ...form, base: chosen, overrides: overridesFor(chosen) });
        }}
      />
      {form.named ? (
        <p>
          This plan has {form.named.cells.length} cells with names of their own: {namesOf(form.named)}.{' '}
          <Button
            label="Vary settings instead"
            class="quiet"
            onClick={() =>
              onForm({
                ...form,
                named: null,
                name: '',
                factors: [factorOf(secondOf(groups, form, firstOpen))],
              })
            }
          />
        </p>
      ) : (
        <Factors {...{ form, groups, onForm, factorOf }} />
      )}
      <TextField label="Seeds" value={form.seeds} onText={(seeds) => onForm({ ...form, seeds })} />
      <details>
        <summary>What all runs change, and what is read</summary>
        <div class="rows">
          <TextField
            label="Settings of all runs"
            value={form.overrides}
            onText={(overrides) => onForm({ ...form, overrides })}
            wide
          />
          <p class="hint">
            As <code>setting=value</code>, with spaces between. What stands here makes the runs short; without
            it they train as the base did.
          </p>
          <fieldset class="framed row small">
            <legend>Read, sampled and greedy</legend>
            {OFFERED.map((name) => (
              <Tick
                key={name}
                label={measureOf(name).title}
                checked={form.metrics.includes(name)}
                onTick={(checked) =>
                  onForm({
                    ...form,
                    metrics: NAMES.filter((each) => (each === name ? checked : form.metrics.includes(each))),
                  })
                }
              />
            ))}
          </fieldset>
        </div>
      </details>
    </div>
  );
}

const MOST_NAMED = 5;

function namesOf({ cells }: NonNullable<PlanForm['named']>): string {
  const more = cells.length - MOST_NAMED;
  return `${cells
    .slice(0, MOST_NAMED)
    .map(({ title }) => title)
    .join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function baseOrNull(form: PlanForm, bases: Bases) {
  try {
    return findBase(form.base, bases);
  } catch {
    // The plan says why.
    return null;
  }
}

/** What the runs begin with, as far as what they all change can be read. */
function startOrBase({ overrides }: PlanForm, settings: Settings): Settings {
  try {
    return validateSettings(overridesOf(overrides), settings);
  } catch {
    return settings;
  }
}

/** Opens a plan that was saved as a file. */
function PlanFile({ onPlan }: { onPlan: (text: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <div class="tools">
      <Button label="Open a plan …" onClick={() => input.current?.click()} />
      <input
        ref={input}
        class="skip"
        type="file"
        tabIndex={-1}
        aria-label="A plan (.json) to open"
        accept=".json,application/json"
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          if (file) void file.text().then(onPlan);
          event.currentTarget.value = '';
        }}
      />
    </div>
  );
}
