// Four large figures: what the tests say of the policy before and now.

import { percent } from '../../base/format.ts';
import { changeOf, LARGE_SCORES, SCORE_TABLE, type ScoreName, scoreOf } from '../../terms/scores.ts';
import type { SuiteScore } from '../../terms/suites.ts';
import { VERDICT_MARKS, verdictClass } from '../state/scores/evaluationTable.ts';

export type FiguresProps = {
  /** Null where nothing came before. */
  before: readonly SuiteScore[] | null;
  now: readonly SuiteScore[];
  /** Of what: a line below. */
  source?: string;
};

export function Figures({ before, now, source }: FiguresProps) {
  return (
    <div class="stage-figures rows">
      <dl>
        {LARGE_SCORES.map((name) => (
          <Figure key={name} name={name} before={before ?? []} now={now} />
        ))}
      </dl>
      {source && <p class="hint">{source}</p>}
    </div>
  );
}

type FigureProps = { name: ScoreName; before: readonly SuiteScore[]; now: readonly SuiteScore[] };

function Figure({ name, before, now }: FigureProps) {
  const verdict = changeOf(before, now, SCORE_TABLE[name])?.verdict ?? 'unclear';
  const [was, is] = [scoreOf(before, name), scoreOf(now, name)];
  return (
    <div class={verdictClass(verdict)}>
      <dt>{SCORE_TABLE[name].counts}</dt>
      <dd>
        {was && <span class="was figures">{whole(was.value)} → </span>}
        <span class="figure figures">{is ? `${whole(is.value)} %` : '–'}</span>{' '}
        {verdict !== 'unclear' && <span class="change">{VERDICT_MARKS[verdict]}</span>}
      </dd>
    </div>
  );
}

/** So few prompts tell no tenths of a percent. */
function whole(share: number): string {
  return percent(share, 0);
}
