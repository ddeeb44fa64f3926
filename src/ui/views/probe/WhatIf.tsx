// What if it had thought otherwise: the thought to edit, and what the model makes of it from there on.

import { useSignal } from '@preact/signals';
import { asPlaygroundError } from '../../../base/errors.ts';
import type { AnswerView, PromptView } from '../../../protocol/inspector.ts';
import { AnswerCard } from '../../parts/AnswerCard.tsx';
import { Button } from '../../parts/Button.tsx';
import { Problem } from '../../parts/Problem.tsx';
import { Select } from '../../parts/Select.tsx';
import type { Probe } from './probe.ts';
import type { ProbeStage } from './sources.ts';
import { wordsOf } from './suggest.ts';
import { seenRisk, thoughtOf } from './whatIf.ts';

type WhatIfProps = { probe: Probe; stage: ProbeStage; prompt: PromptView; answer: AnswerView };

export function WhatIf({ probe, stage, prompt, answer }: WhatIfProps) {
  const thought = useSignal(thoughtOf(answer.response).join(' '));
  const then = useSignal<'answer' | 'think'>('answer');
  const found = useSignal<AnswerView | null>(null);
  const problem = useSignal<string | null>(null);
  const busy = useSignal(false);
  const withRisk = seenRisk(thoughtOf(answer.response), prompt);

  const goOn = async (): Promise<void> => {
    busy.value = true;
    problem.value = null;
    const closed = then.value === 'answer' ? ['</think>'] : [];
    try {
      found.value = await probe.whatIf(stage, ['<think>', ...wordsOf(thought.value), ...closed]);
    } catch (error) {
      problem.value = asPlaygroundError(error).text;
    } finally {
      busy.value = false;
    }
  };
  return (
    <details class="what-if">
      <summary>What if it had thought otherwise?</summary>
      <form
        class="rows"
        onSubmit={(event) => {
          event.preventDefault();
          void goOn();
        }}
      >
        <label>
          Its thought
          <input
            type="text"
            class="tokens"
            autocapitalize="off"
            autocomplete="off"
            spellcheck={false}
            value={thought.value}
            onInput={(event) => (thought.value = event.currentTarget.value)}
          />
        </label>
        <div class="row">
          <Select
            label="Then it"
            value={then.value}
            choices={[
              ['answer', 'answers'],
              ['think', 'thinks on'],
            ]}
            onChoice={(value) => (then.value = value as 'answer' | 'think')}
          />
          <Button label="Go on from here" disabled={busy.value} onClick={() => void goOn()} />
          {withRisk && (
            <Button
              label="What if it had seen the risk?"
              disabled={busy.value}
              onClick={() => {
                thought.value = withRisk.join(' ');
                then.value = 'answer';
                void goOn();
              }}
            />
          )}
        </div>
      </form>
      <Problem text={problem.value ?? undefined} />
      {found.value && <AnswerCard title="Then" answer={found.value} harmful={prompt.harmful} />}
    </details>
  );
}
