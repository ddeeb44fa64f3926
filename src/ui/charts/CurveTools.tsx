// What is set for all curves at once: steps, smoothing, log axes, and the search for a metric.

import type { Signal } from '@preact/signals';
import { stageTitle } from '../../terms/stages.ts';
import type { CurvePreferences } from '../browser/preferences.ts';
import { Select, Tick } from '../parts/Select.tsx';
import type { StageChoice } from '../state/charts/charts.ts';
import { SmoothingField } from './SmoothingField.tsx';

type CurveToolsProps = {
  stages: readonly string[];
  stageChoice: Signal<StageChoice>;
  query: Signal<string>;
  preferences: CurvePreferences;
  onChange: (change: Partial<CurvePreferences>) => void;
};

export function CurveTools({ stages, stageChoice, query, preferences, onChange }: CurveToolsProps) {
  return (
    <div class="tools">
      <Select
        label="Show"
        value={stageChoice.value}
        choices={[
          ['auto', 'current stage'],
          ['all', 'whole run'],
          ...stages.map((stage) => [stage, stageTitle(stage)] as const),
        ]}
        onChoice={(stage) => (stageChoice.value = stage)}
      />
      <SmoothingField value={preferences.smoothing} onChange={(smoothing) => onChange({ smoothing })} />
      <Tick label="Log axis" checked={preferences.logScale} onTick={(logScale) => onChange({ logScale })} />
      <label>
        Find a metric{' '}
        <input
          type="search"
          value={query.value}
          placeholder="kl, refusal …"
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => (query.value = event.currentTarget.value)}
        />
      </label>
    </div>
  );
}
