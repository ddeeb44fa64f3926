// How much curves are smoothed: one slider for every place that draws them.

import { MOST_SMOOTHING } from '../browser/preferences.ts';

/** `value`: weight of the past, from 0 to `MOST_SMOOTHING`. */
export function SmoothingField({ value, onChange }: { value: number; onChange: (value: number) => void }) {
  return (
    <label>
      Smoothing{' '}
      <input
        type="range"
        min="0"
        max={MOST_SMOOTHING}
        step="0.02"
        value={value}
        onInput={(event) => onChange(Number(event.currentTarget.value))}
      />{' '}
      <span class="smoothing-value figures" aria-hidden="true">
        {value === 0 ? 'none' : value.toFixed(2)}
      </span>
    </label>
  );
}
