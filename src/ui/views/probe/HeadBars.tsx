// The verdicts of the reward heads on one answer: every class with its probability as bar and number.

import { formatPercent, formatWord } from '../../../base/format.ts';
import { argmax } from '../../../base/numbers.ts';
import type { AnswerView } from '../../../protocol/inspector.ts';

export function HeadBars({ heads }: { heads: AnswerView['heads'] }) {
  if (heads.length === 0) return <p class="hint">No reward head judges prompts of this kind.</p>;
  return (
    <>
      {heads.map(({ head, classes, probabilities }) => {
        const top = argmax(probabilities);
        return (
          <div key={head} class="head">
            <h4>
              {formatWord(head)} head: {formatWord(classes[top] ?? '')}
            </h4>
            <dl class="bars rows figures">
              {classes.map((name, index) => {
                const probability = probabilities[index] ?? 0;
                return (
                  <div key={name} class={index === top ? 'top' : ''}>
                    <dt>{formatWord(name)}</dt>
                    <dd>
                      <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
                        <rect class="bar" width={100 * probability} height="8" />
                      </svg>
                      <span>{formatPercent(probability)}</span>
                    </dd>
                  </div>
                );
              })}
            </dl>
          </div>
        );
      })}
    </>
  );
}
