// What the tests of a run that is over say besides the large figures, first test against last, and where to look on.

import { useComputed } from '@preact/signals';
import { percent } from '../../../base/format.ts';
import { difference, SCORE_TABLE, type ScoreName, scoreOf } from '../../../terms/scores.ts';
import { stageTitle } from '../../../terms/stages.ts';
import { Card } from '../../parts/Card.tsx';
import type { ViewProps } from '../../session/session.ts';
import { VERDICT_MARKS } from '../../state/scores/evaluationTable.ts';

const OUTCOMES: readonly ScoreName[] = ['attack-heldout', 'declined', 'instruction', 'knowledge'];

export function Outcome({ session }: ViewProps) {
  const evaluations = useComputed(() => session.shown.value.evaluations);
  const over = useComputed(() => !session.training.value);
  const [first, ...others] = evaluations.value;
  const last = others.at(-1);
  if (!over.value || !first || !last) return null;
  const shown = OUTCOMES.flatMap((name) => {
    const [before, after] = [scoreOf(first.scores, name), scoreOf(last.scores, name)];
    const title = SCORE_TABLE[name].counts;
    return before && after ? [{ title, before, after, verdict: difference(before, after).verdict }] : [];
  });
  if (shown.length === 0) return null;
  return (
    <Card id="outcome" title="More tests">
      <p class="hint">
        Held-out prompts, judged by the oracle: after {stageTitle(first.stage)}, then after{' '}
        {stageTitle(last.stage)}.
      </p>
      <dl class="outcome soft">
        {shown.map(({ title, before, after, verdict }) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd class="row">
              <span class="figure figures">
                {whole(before.value)} → {whole(after.value)} %
              </span>
              <span class={verdict === 'unclear' ? 'hint' : `change ${verdict}`}>
                {VERDICT_MARKS[verdict]}
              </span>
            </dd>
          </div>
        ))}
      </dl>
      <p class="links">
        <a href="#evaluation">See all tests</a> · <a href="#probe">Ask it something</a> ·{' '}
        <a href="#samples">See what it answered</a>
      </p>
    </Card>
  );
}

/** Tests of a few hundred prompts tell no tenths of a percent. */
function whole(share: number): string {
  return percent(share, 0);
}
