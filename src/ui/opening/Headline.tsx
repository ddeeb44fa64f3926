// While RL runs: the figures that show whether it gets safer and stays able, as large numbers with small curves.

import { formatPercent } from '../format.ts';
import { improvementOf, sparkline } from '../state/improvement.ts';
import type { MetricTable } from '../state/metricTable.ts';
import './opening.css';

const FIGURES = [
  {
    metric: 'rewards/task/safety/mean',
    title: 'Safety of answers to risky requests',
    about: 'score by the Safety head',
  },
  { metric: 'rewards/task/jailbreak/mean', title: 'Attacks withstood', about: 'score by the Safety head' },
  {
    metric: 'rewards/helpful/normal/mean',
    title: 'Help with harmless requests',
    about: 'score by the Helpful head',
  },
  { metric: 'rewards/task/knowledge_rule/mean', title: 'Right answers', about: 'checked by rule' },
] as const;

const [WIDTH, HEIGHT] = [120, 28];

/** `revision` changes when the table has grown. Nothing is drawn before RL has made two iterations. */
export function Headline({ metrics }: { metrics: MetricTable; revision: number }) {
  const shown = FIGURES.flatMap((figure) => {
    const improvement = improvementOf(metrics.column(figure.metric));
    return improvement ? [{ ...figure, ...improvement }] : [];
  });
  if (shown.length === 0) return null;
  return (
    <section class="card" aria-label="Is it getting better?">
      <dl class="headline">
        {shown.map(({ metric, title, about, first, latest, values, window }) => (
          <div key={metric}>
            <dt>{title}</dt>
            <dd>
              <span class="figure">{formatPercent(latest)}</span>
              <svg
                viewBox={`-1 -1 ${WIDTH + 2} ${HEIGHT + 2}`}
                width={WIDTH}
                height={HEIGHT}
                aria-hidden="true"
              >
                <polyline
                  points={sparkline(values, WIDTH, HEIGHT)}
                  fill="none"
                  stroke="currentColor"
                  stroke-width="1.5"
                />
              </svg>
              <span class="hint">
                from {formatPercent(first)} in the first {window} iterations; {about}
              </span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
