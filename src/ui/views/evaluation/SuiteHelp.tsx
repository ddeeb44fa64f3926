// What a suite asks and which public benchmark it mirrors, behind a "?".

import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { formatWord } from '../../../base/format.ts';
import type { Suites } from './useInspectorFacts.ts';

type SuiteHelpProps = { suite: string; metric: string; suites: Suites };

/** Scores over all suites, which no table of suites holds. */
const OVERALL: { readonly [metric: string]: string } = {
  format: 'Share of all responses that are a thought, an answer and an end, over every suite.',
};

export function SuiteHelp({ suite, metric, suites }: SuiteHelpProps) {
  const open = useSignal(false);
  const id = useId();
  const info = suites.find((each) => each.suite === suite);
  const about = info?.scores.find((score) => score.metric === metric)?.about;
  const overall = suite === 'all' ? OVERALL[metric] : undefined;
  if (!info && !overall) return null;
  return (
    <>
      <button
        type="button"
        class="quiet help-button"
        aria-expanded={open.value}
        aria-controls={id}
        aria-label={`Help on ${suite}, ${formatWord(metric)}`}
        onClick={() => {
          open.value = !open.value;
        }}
      >
        ?
      </button>
      <span class="suite-help" id={id} hidden={!open.value}>
        {overall ?? `${info?.about} ${about ?? ''} Mirrors at small scale: ${info?.mirrors}.`}
      </span>
    </>
  );
}
