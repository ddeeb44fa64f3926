// While RL runs: the figures that show whether it gets safer and stays able, as large numbers with small curves.

import { formatPercent } from '../../base/format.ts';
import { extent } from '../../base/numbers.ts';
import { useMetrics } from '../parts/useMetrics.ts';
import type { ViewProps } from '../session/session.ts';
import { smooth } from '../state/charts/metricTable.ts';
import { type Improvement, improvementOf, improvementText, sparkline } from '../state/run/improvement.ts';
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

/** So small a curve has room for its course alone. */
const SMOOTHING = 0.9;

/** Nothing is drawn before RL has measured anything. */
export function Headline({ session }: ViewProps) {
  const { metrics } = useMetrics(session);
  const shown = FIGURES.flatMap((figure) => {
    const improvement = improvementOf(metrics.column(figure.metric));
    return improvement ? [{ ...figure, improvement }] : [];
  });
  if (shown.length === 0) return null;
  return (
    <section class="card" aria-label="Is it getting better?">
      <dl class="headline soft">
        {shown.map(({ metric, title, about, improvement }) => (
          <div key={metric}>
            <dt>{title}</dt>
            <dd class="row">
              <span class="figure figures">{formatPercent(improvement.latest)}</span>
              <Sparkline values={improvement.values} />
              <span class="hint">
                {improvementText(improvement, formatPercent)}; {about}
              </span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** For the eyes alone: the text beside it says what it shows. Takes the room that the figure leaves. */
function Sparkline({ values }: Pick<Improvement, 'values'>) {
  const smoothed = smooth(values, SMOOTHING).map((value) => value ?? 0);
  const range = extent(values);
  return (
    <svg viewBox={`-1 -1 ${WIDTH + 2} ${HEIGHT + 2}`} preserveAspectRatio="none" aria-hidden="true">
      <title>Bold: smoothed. Faint: raw.</title>
      <polyline points={sparkline(values, WIDTH, HEIGHT, range)} opacity="0.35" />
      <polyline points={sparkline(smoothed, WIDTH, HEIGHT, range)} stroke-width="1.75" />
    </svg>
  );
}
