// What a suite asks and which public benchmark it mirrors, behind a "?".

import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { percent } from '../../../base/format.ts';
import {
  ALL_SUITES,
  metricTitle,
  SUITE_METRICS,
  SUITE_TABLE,
  type Suite,
  type SuiteMetric,
} from '../../../terms/suites.ts';
import { Button } from '../../parts/Button.tsx';
import { Prose } from '../../parts/Prose.tsx';

type SuiteHelpProps = { suite: string; metric: string };

/** Null for suites and metrics of another version. */
function helpOf(suite: string, metric: string): string | null {
  const of = SUITE_METRICS[metric as SuiteMetric]?.help;
  if (suite === ALL_SUITES) return of ?? null;
  const asked = SUITE_TABLE[suite as Suite];
  if (!asked) return null;
  const seen = `The words of ${percent(asked.wordsInTraining, 0)} % of its prompts also stand in training, with another picture.`;
  return `${asked.help} ${of ?? ''} Mirrors at small scale: ${asked.mirrors}. ${seen}`;
}

export function SuiteHelp({ suite, metric }: SuiteHelpProps) {
  const open = useSignal(false);
  const id = useId();
  const help = helpOf(suite, metric);
  if (help === null) return null;
  return (
    <>
      <Button
        label="?"
        class="quiet help-button"
        aria-expanded={open.value}
        aria-controls={id}
        aria-label={`Help on ${suite}, ${metricTitle(metric)}`}
        onClick={() => (open.value = !open.value)}
      />
      <span class="suite-help shaded small" id={id} hidden={!open.value}>
        <Prose text={help} />
      </span>
    </>
  );
}
