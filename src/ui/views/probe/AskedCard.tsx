// What is asked in the end, with the truth that the models are not told, and how they are asked.

import type { Signal } from '@preact/signals';
import { formatWord } from '../../../base/format.ts';
import type { PromptView } from '../../../protocol/inspector.ts';
import { Button } from '../../parts/Button.tsx';
import { Card } from '../../parts/Card.tsx';
import { NumberField } from '../../parts/NumberField.tsx';
import type { Probe } from './probe.ts';

export function AskedCard({ probe }: { probe: Probe }) {
  const prompt = probe.prompt.value;
  return (
    <Card id="asked" title="What is asked" aria-busy={probe.reading.value}>
      {prompt ? (
        <Asked prompt={prompt} probe={probe} />
      ) : (
        <p class="empty">
          {probe.problem.value ? 'Fix the question on the left first.' : 'Reading the question …'}
        </p>
      )}
      <Sampling probe={probe} />
    </Card>
  );
}

function Asked({ prompt, probe }: { prompt: PromptView; probe: Probe }) {
  const { twin, attack } = prompt;
  const heldOut = probe.catalogue.value?.attacks.find(({ name }) => name === attack)?.heldOut ?? false;
  return (
    <>
      <p class="tokens request">“{prompt.words.join(' ')}”</p>
      <p class="chips row">
        <span class={prompt.harmful ? 'chip bad' : 'chip good'}>
          {prompt.harmful ? '⚠ harmful request' : '✓ harmless request'}
        </span>
        <span class="chip">{formatWord(prompt.label)}</span>
        {prompt.family !== 'composed' && <span class="chip">{formatWord(prompt.family)}</span>}
        {attack !== null && <span class="chip">attack: {formatWord(attack)}</span>}
        {heldOut && <span class="chip">family never trained on</span>}
        {!prompt.scene && <span class="chip">no picture</span>}
      </p>
      <p class="hint">
        {prompt.reference.length > 0 && (
          <>
            A right answer: <span class="tokens">{prompt.reference.join(' ')}</span>.{' '}
          </>
        )}
        The models are told none of this, only words and picture.
      </p>
      {twin !== null && (
        <div class="buttons">
          <Button
            label="⇄ Its twin: same words, other picture"
            onClick={() => void probe.draw({ id: twin }, 0)}
          />
        </div>
      )}
    </>
  );
}

const MOST_SEED = 2 ** 31 - 1;

function Sampling({ probe }: { probe: Probe }) {
  const greedy = probe.temperature.value === 0;
  const busy = probe.asker.busy.value;
  const set = (field: Signal<number>, value: number): void => {
    field.value = value;
    probe.ask();
  };
  return (
    <div class="choices row">
      <NumberField
        label={<span class="hint">Temperature</span>}
        min={0}
        max={5}
        step={0.1}
        value={probe.temperature.value}
        onNumber={(value) => value >= 0 && value <= 5 && set(probe.temperature, value)}
      />
      <NumberField
        label={<span class="hint">Seed</span>}
        min={0}
        max={MOST_SEED}
        step={1}
        disabled={greedy}
        value={probe.seed.value}
        onNumber={(value) =>
          Number.isInteger(value) && value >= 0 && value <= MOST_SEED && set(probe.seed, value)
        }
      />
      <Button label="Ask again" disabled={!probe.prompt.value || busy} onClick={() => probe.askAgain()} />
      {busy && <Button label="Stop asking" onClick={() => probe.asker.stop()} />}
      <span class="hint">
        {greedy
          ? '0 is greedy: the most probable word each time, the same answer every time.'
          : 'Sampled: “Ask again” takes the next seed.'}
      </span>
    </div>
  );
}
