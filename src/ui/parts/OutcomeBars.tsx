// Stacked bars of the four outcomes, before and after training, for harmful and for harmless requests.

import { percent } from '../../base/format.ts';
import { OUTCOME_TABLE, OUTCOMES } from '../../terms/verdicts.ts';
import { describeBar, type OutcomeBar } from '../state/scores/outcomes.ts';

/** Narrower parts have no room for their figure. */
const LEAST_WRITTEN = 0.07;

export function OutcomeBars({ bars }: { bars: readonly OutcomeBar[] }) {
  const unknown = bars.some(({ parts }) => parts.some(({ kind }) => kind === 'unknown'));
  return (
    <div class="outcome-bars">
      {bars.map((bar, index) => (
        <div key={`${bar.asked} ${bar.when}`} class="outcome-row">
          {bar.asked !== bars[index - 1]?.asked && <b class="outcome-asked">{bar.asked}</b>}
          <span class="hint">{bar.when}</span>
          <div class="outcome-bar figures" role="img" aria-label={describeBar(bar)}>
            {bar.parts
              .filter(({ share }) => share > 0)
              .map(({ kind, title, share }) => (
                <span key={kind} class={`outcome-part ${kind}`} style={{ flexGrow: share }} title={title}>
                  {share >= LEAST_WRITTEN && <span>{percent(share, 0)}</span>}
                </span>
              ))}
          </div>
        </div>
      ))}
      <ul class="row plain small">
        {OUTCOMES.map((kind) => (
          <li key={kind} class="outcome-key" title={OUTCOME_TABLE[kind].help}>
            <span class={`outcome-part ${kind}`} /> {OUTCOME_TABLE[kind].title}
          </li>
        ))}
        {unknown && (
          <li class="outcome-key" title="An older evaluation does not tell unsafe and nonsense apart.">
            <span class="outcome-part unknown" /> not measured
          </li>
        )}
        <li class="hint">in %</li>
      </ul>
    </div>
  );
}
