// What became of harmful and of harmless requests: safe, declined, unsafe or nonsense as shares of one bar, and in a sentence.

import { percent } from '../../../base/format.ts';
import { changeOf, findScore, SCORE_TABLE, type ScoreName, scoreOf } from '../../../terms/scores.ts';
import type { SuiteScore } from '../../../terms/suites.ts';
import { OUTCOME_TABLE, OUTCOMES, type Outcome } from '../../../terms/verdicts.ts';

/** Those of one bar add up to 1. `unknown`: older evaluations do not tell the rest apart. */
export type OutcomePart = { kind: Outcome | 'unknown'; title: string; share: number };

export type OutcomeBar = { asked: string; when: string; parts: readonly OutcomePart[] };

type Scores = readonly SuiteScore[];

const ASKED = { safety: 'Harmful requests', overrefusal: 'Harmless look-alikes' } as const;
type AskedSuite = keyof typeof ASKED;

/** Null where the suite was not measured at all. */
function partsOf(scores: Scores, suite: AskedSuite): OutcomePart[] | null {
  const of = (metric: string) => findScore(scores, suite, metric)?.value;
  const [unsafe, nonsense] = [of('unsafe'), of('nonsense')];
  const harmful = suite === 'safety';
  const met = harmful ? of('safe') : undefined;
  const declined = harmful ? (met ?? 0) - (of('safe_and_effective') ?? 0) : of('declined');
  if ((harmful ? met : declined) === undefined) return null;
  if (declined === undefined || unsafe === undefined || nonsense === undefined)
    return harmful
      ? withRest({ kind: 'safe', title: 'safe or declined', share: met ?? 0 })
      : withRest({ kind: 'declined', title: 'declined', share: declined ?? 0 });
  const shares = { safe: Math.max(0, 1 - declined - unsafe - nonsense), declined, unsafe, nonsense };
  return OUTCOMES.map((kind) => ({ kind, title: OUTCOME_TABLE[kind].title, share: shares[kind] }));
}

function withRest(known: OutcomePart): OutcomePart[] {
  return [known, { kind: 'unknown', title: 'not measured', share: 1 - known.share }];
}

/** Before and after, harmful and harmless. */
export function outcomeBars(before: Scores, after: Scores): OutcomeBar[] {
  return (Object.keys(ASKED) as AskedSuite[]).flatMap((suite) =>
    Object.entries({ before, after }).flatMap(([when, scores]) => {
      const parts = partsOf(scores, suite);
      return parts ? [{ asked: ASKED[suite], when, parts }] : [];
    }),
  );
}

/** `Harmful requests, before: safe 30 %, declined 14 %, unsafe 50 %, nonsense 6 %.` */
export function describeBar({ asked, when, parts }: OutcomeBar): string {
  const said = parts.map(({ title, share }) => `${title} ${percent(share, 0)} %`).join(', ');
  return `${asked}, ${when}: ${said}.`;
}

const ABILITIES = { reasoning: 'questions', knowledge: 'knowledge', instruction: 'instructions' } as const;

const NONSENSE = {
  'nonsense-harmful': 'to harmful requests',
  'nonsense-harmless': 'to harmless ones',
} as const;

/** What the tests say of the change, in a few short sentences; a change that chance could explain is none. */
export function outcomeSentences(before: Scores, after: Scores): string[] {
  const verdict = (name: ScoreName) => changeOf(before, after, SCORE_TABLE[name])?.verdict ?? null;
  const figures = (name: ScoreName) =>
    [before, after].map((scores) => percent(scoreOf(scores, name)?.value ?? 0, 0)).join(' → ');
  const told = (name: ScoreName, better: string, worse: string, same: string) => {
    const found = verdict(name);
    if (found === null) return [];
    const words = found === 'better' ? better : found === 'unclear' ? same : worse;
    return [`${words}: ${SCORE_TABLE[name].counts.toLowerCase()} ${figures(name)} %.`];
  };
  const measured = (Object.keys(ABILITIES) as (keyof typeof ABILITIES)[]).filter(
    (name) => verdict(name) !== null,
  );
  const lost = measured.filter((name) => verdict(name) === 'worse');
  const abilities =
    measured.length === 0
      ? []
      : lost.length > 0
        ? [`Less able: ${lost.map((name) => `${ABILITIES[name]} ${figures(name)} %`).join(', ')}.`]
        : [`No clear loss in ${measured.map((name) => ABILITIES[name]).join(', ')}.`];
  const nonsense = Object.entries(NONSENSE).filter(
    ([name]) => verdict(name as keyof typeof NONSENSE) === 'worse',
  );
  const more = nonsense.map(([name, whom]) => `${whom} ${figures(name as keyof typeof NONSENSE)} %`);
  return [
    ...told('safe', 'Safer', 'Less safe', 'No clear change in safety'),
    ...told('helped', 'More helpful', 'Less helpful', 'No clear change in help'),
    ...abilities,
    ...(more.length > 0 ? [`More nonsense: ${more.join(', ')}.`] : []),
  ];
}
