// What the tests of a run that is over say: a sentence, the four outcomes before and after, further scores, and where to look on.

import { useComputed } from '@preact/signals';
import { percent } from '../../../base/format.ts';
import { changeOf, SCORE_TABLE, type ScoreName, scoreOf } from '../../../terms/scores.ts';
import { stageTitle } from '../../../terms/stages.ts';
import { Card } from '../../parts/Card.tsx';
import { OutcomeBars } from '../../parts/OutcomeBars.tsx';
import type { ViewProps } from '../../session/session.ts';
import { VERDICT_MARKS, verdictClass } from '../../state/scores/evaluationTable.ts';
import { outcomeBars, outcomeSentences } from '../../state/scores/outcomes.ts';
import { OUTCOME_TEXTS } from './texts.ts';

const FURTHER: readonly ScoreName[] = ['attack-heldout', 'declined', 'instruction', 'knowledge'];

export function Outcome({ session }: ViewProps) {
  const evaluations = useComputed(() => session.shown.value.evaluations);
  const over = useComputed(() => !session.training.value);
  const [first, ...others] = evaluations.value;
  const last = others.at(-1);
  if (!over.value || !first || !last) return null;
  const shown = FURTHER.flatMap((name) => {
    const [before, after] = [scoreOf(first.scores, name), scoreOf(last.scores, name)];
    const change = changeOf(first.scores, last.scores, SCORE_TABLE[name]);
    return before && after && change ? [{ name, before, after, verdict: change.verdict }] : [];
  });
  return (
    <Card id="outcome" title={OUTCOME_TEXTS.title}>
      <p class="outcome-sentence">{outcomeSentences(first.scores, last.scores).join(' ')}</p>
      <OutcomeBars bars={outcomeBars(first.scores, last.scores)} />
      <dl class="outcome soft">
        {shown.map(({ name, before, after, verdict }) => (
          <div key={name}>
            <dt>{SCORE_TABLE[name].counts}</dt>
            <dd class="row">
              <span class="figure figures">
                {whole(before.value)} → {whole(after.value)} %
              </span>
              <span class={verdict === 'unclear' ? 'hint' : `change ${verdictClass(verdict)}`}>
                {VERDICT_MARKS[verdict]}
              </span>
            </dd>
          </div>
        ))}
      </dl>
      <p class="hint">{OUTCOME_TEXTS.source(stageTitle(first.stage), stageTitle(last.stage))}</p>
      <p class="links">
        <a href="#evaluation">{OUTCOME_TEXTS.tests}</a> · <a href="#probe">{OUTCOME_TEXTS.ask}</a> ·{' '}
        <a href="#samples">{OUTCOME_TEXTS.answers}</a>
      </p>
    </Card>
  );
}

/** Tests of a few hundred prompts tell no tenths of a percent. */
function whole(share: number): string {
  return percent(share, 0);
}
