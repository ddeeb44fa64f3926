// Four large figures: what the tests say of the policy before and now.

import { percent } from '../../base/format.ts';
import { difference, LARGE_SCORES, SCORE_TABLE, scoreOf } from '../../terms/scores.ts';
import type { SuiteScore } from '../../terms/suites.ts';
import { VERDICT_MARKS } from '../state/scores/evaluationTable.ts';

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
          <Figure
            key={name}
            title={SCORE_TABLE[name].counts}
            before={before ? scoreOf(before, name) : undefined}
            now={scoreOf(now, name)}
          />
        ))}
      </dl>
      {source && <p class="hint">{source}</p>}
    </div>
  );
}

type FigureProps = { title: string; before: SuiteScore | undefined; now: SuiteScore | undefined };

function Figure({ title, before, now }: FigureProps) {
  const verdict = before && now ? difference(before, now).verdict : 'unclear';
  return (
    <div class={verdict}>
      <dt>{title}</dt>
      <dd>
        {before && <span class="was figures">{whole(before.value)} → </span>}
        <span class="figure figures">{now ? `${whole(now.value)} %` : '–'}</span>{' '}
        {verdict !== 'unclear' && <span class="change">{VERDICT_MARKS[verdict]}</span>}
      </dd>
    </div>
  );
}

/** So few prompts tell no tenths of a percent. */
function whole(share: number): string {
  return percent(share, 0);
}
