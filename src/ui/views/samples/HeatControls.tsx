// Which quantity of the tokens is shown as heat, under which checkpoint, and what its shades mean.

import { useId } from 'preact/hooks';
import { formatNumber, formatPercent } from '../../../base/format.ts';
import { stageTitle } from '../../../terms/stages.ts';
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
  const id = useId();
  const { heat } = model.group;
  return (
    <div class="heat-controls">
      <label for={id}>Shade tokens by</label>
      <select
        id={id}
        value={heat.value}
        onChange={(event) => {
          heat.value = event.currentTarget.value as Heat;
        }}
      >
        {HEATS.map((each) => (
          <option key={each} value={each}>
            {HEAT_TITLES[each]}
          </option>
        ))}
      </select>
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
    <ul class="legend" aria-label="Legend">
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
  const id = useId();
  const { under, checkpoints, place } = model.group;
  if (!place.value) return null;
  return (
    <>
      <label for={id}>under checkpoint</label>
      <select
        id={id}
        value={under.value === 'newest' ? '' : under.value.id}
        onChange={(event) => {
          const { value } = event.currentTarget;
          under.value = value === '' ? 'newest' : { id: value };
        }}
      >
        <option value="">the newest one</option>
        {checkpoints.value.map((manifest) => (
          <option key={manifest.id} value={manifest.id}>
            {stageTitle(manifest.stage)}, step {manifest.step}
            {manifest.kind === 'stage-end' ? ' (end of stage)' : ''}
          </option>
        ))}
      </select>
    </>
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
