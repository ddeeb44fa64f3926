// Which quantity of the tokens is shown as heat, under which checkpoint, and what its shades mean.

import { formatNumber, formatPercent } from '../../../base/format.ts';
import { stageTitle } from '../../../terms/stages.ts';
import { Select } from '../../parts/Select.tsx';
import {
  HEAT_ABOUT,
  HEAT_TITLES,
  HEATS,
  type Heat,
  heatLevels,
  type RatioSummary,
  ratioSummary,
} from '../../state/samples/heat.ts';
import type { SamplesModel } from './samplesModel.ts';

export function HeatControls({ model }: { model: SamplesModel }) {
  const { heat } = model.group;
  return (
    <div class="heat-controls row">
      <Select
        label="Shade tokens by"
        value={heat.value}
        choices={HEATS.map((each) => [each, HEAT_TITLES[each]] as const)}
        onChoice={(chosen) => (heat.value = chosen as Heat)}
      />
      {heat.value === 'ratio' && <UnderField model={model} />}
      <p class="hint">{HEAT_ABOUT[heat.value]}</p>
      <Legend model={model} />
      {heat.value === 'ratio' && <RatioWords model={model} />}
    </div>
  );
}

function Legend({ model }: { model: SamplesModel }) {
  const levels = heatLevels(model.group.heat.value, model.range.value);
  if (levels.length === 0) return null;
  return (
    <ul class="legend row plain small" aria-label="Legend">
      {levels.map(({ name, words, cue }) => (
        <li key={name}>
          <span class={`tok ${name}`} title={cue}>
            {words}
          </span>
        </li>
      ))}
    </ul>
  );
}

function UnderField({ model }: { model: SamplesModel }) {
  const { under, checkpoints, place } = model.group;
  if (!place.value) return null;
  return (
    <Select
      label="under checkpoint"
      value={under.value === 'newest' ? '' : under.value.id}
      choices={[
        ['', 'the newest one'],
        ...checkpoints.value.map(({ id, stage, step, kind }) => {
          const end = kind === 'stage-end' ? ' (end of stage)' : '';
          return [id, `${stageTitle(stage)}, step ${step}${end}`] as const;
        }),
      ]}
      onChoice={(id) => (under.value = id === '' ? 'newest' : { id })}
    />
  );
}

/** How far the group is off policy, in words. */
function RatioWords({ model }: { model: SamplesModel }) {
  const { place, stored, ratiosUnder, loading, error } = model.group;
  if (error.value) return null;
  if (!place.value) {
    return (
      <p>
        The latest group comes straight from the rollout, so there is no later policy to compare with. Hold
        it, or open a stored group below.
      </p>
    );
  }
  if (loading.value !== 'no') return <p aria-live="polite">Asking the checkpoint …</p>;
  const manifest = ratiosUnder.value;
  const summary = stored.value && ratioSummary(stored.value.samples, model.range.value);
  if (!manifest || !summary) return <p>No checkpoint of this run is stored yet, so there is no ratio.</p>;
  return (
    <p aria-live="polite" class="ratio-summary">
      {ratioSentence(summary)} Under: {stageTitle(manifest.stage)}, step {manifest.step}, policy version{' '}
      {manifest.policyVersion}; sampled by version {stored.value?.policyVersion}.
    </p>
  );
}

function ratioSentence({ tokens, mean, low, high, outside }: RatioSummary): string {
  return `Off-policy ratio over ${tokens} tokens: mean ${formatNumber(mean)}, from ${formatNumber(low)} to ${formatNumber(high)}; ${formatPercent(outside)} lie beyond the clip setting.`;
}
