// What a recipe on trial would change on one stored batch: a summary, and a row per group.

import { formatDuration, formatNumber, formatSigned, formatWord } from '../../../base/format.ts';
import { Button } from '../../parts/Button.tsx';
import { NumberField } from '../../parts/NumberField.tsx';
import { Problem } from '../../parts/Problem.tsx';
import { Table } from '../../parts/Table.tsx';
import { type GroupMove, groupMove, summaryWords, trialSummary } from '../../state/samples/recipe.ts';
import { names } from '../../state/samples/why.ts';
import type { SamplesModel } from './samplesModel.ts';
import type { TrialResult } from './trialModel.ts';

export function RecipeResult({ model }: { model: SamplesModel }) {
  const { trial } = model;
  const result = trial.result.value;
  return (
    <div class="recipe-result rows">
      <BatchField model={model} />
      <div aria-live="polite" aria-busy={trial.asking.value}>
        <Problem text={trial.error.value?.text} />
        {!trial.changed && (
          <p class="empty">This is the run’s own recipe. Change a weight to see what it would change.</p>
        )}
        {trial.asking.value && <p class="empty">{askingWords(trial.tookMs.value)}</p>}
        {trial.changed && result && <Summary result={result} />}
      </div>
      {trial.changed && result && <Groups model={model} result={result} />}
    </div>
  );
}

function askingWords(tookMs: number | null): string {
  const last = tookMs === null ? '' : `, which took ${formatDuration(tookMs)} the last time`;
  return `Scoring the batch again${last} …`;
}

/** Which stored batch is scored: by number, or the neighbour of the one chosen. */
function BatchField({ model }: { model: SamplesModel }) {
  const { step } = model.trial;
  const steps = model.buffer.steps.value;
  const at = step.value === null ? -1 : steps.indexOf(step.value);
  const go = (to: number | undefined): void => {
    if (to !== undefined) step.value = to;
  };
  const goNear = (wanted: number): void => {
    const [nearest] = [...steps].sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted));
    go(nearest);
  };
  return (
    <div class="batch-field row">
      <NumberField
        label="Batch of step"
        min={steps[0]}
        max={steps.at(-1)}
        value={step.value ?? ''}
        onNumber={goNear}
      />
      <Button label="← Earlier" more=" batch" disabled={at <= 0} onClick={() => go(steps[at - 1])} />
      <Button disabled={at < 0 || at === steps.length - 1} onClick={() => go(steps[at + 1])}>
        Later<span class="skip"> batch</span> →
      </Button>
    </div>
  );
}

function Summary({ result }: { result: TrialResult }) {
  const summary = trialSummary(result.groups);
  return (
    <p class="trial-summary">
      <b>{summaryWords(summary)}</b>{' '}
      {summary.meanMove === null
        ? 'How advantages would move cannot be computed: the run’s estimator needs values, a KL or a multiplier that are not stored with the samples.'
        : `Advantages move by ${formatNumber(Math.round(summary.meanMove * 1000) / 1000)} on average.`}
    </p>
  );
}

const OUTCOMES: { readonly [outcome in GroupMove['outcome']]: string } = {
  same: '= the same',
  other: '▲ another wins',
  gains: '+ one wins now',
  loses: '− none wins now',
  none: '· all equal',
};

function Groups({ model, result }: { model: SamplesModel; result: TrialResult }) {
  return (
    <Table
      class="trial-groups"
      label="What the recipe changes, by group"
      caption={`Groups of step ${result.step}; responses are numbered as in the inspector`}
      heads={['group', 'label', 'won', 'would win', 'change', 'advantage that moves most']}
      rows={result.groups.map(groupMove).map((move) => ({
        key: move.group,
        class: move.outcome,
        head: (
          <Button class="quiet" onClick={() => model.show({ step: result.step, group: move.group })}>
            <span class="skip">Open group </span>
            {move.group}
          </Button>
        ),
        cells: [
          formatWord(result.labels[move.group] ?? '–'),
          winnerWords(move.before),
          winnerWords(move.after),
          {
            content: OUTCOMES[move.outcome],
            class: move.outcome === 'same' || move.outcome === 'none' ? 'hint' : 'moved',
          },
          largestWords(move),
        ],
      }))}
    />
  );
}

function winnerWords(winners: readonly number[]): string {
  if (winners.length === 0) return 'none';
  return winners.length > 3 ? `${winners.length} share it` : names(winners);
}

function largestWords({ largest }: GroupMove): string {
  if (!largest) return '–';
  const { sample, from, to } = largest;
  if (Math.abs(to - from) < 0.005) return 'none moves';
  return `#${sample + 1}: ${formatSigned(from)} → ${formatSigned(to)}`;
}
