// Whom to ask, and ready questions.

import type { Signal } from '@preact/signals';
import { Button } from '../../parts/Button.tsx';
import { Card } from '../../parts/Card.tsx';
import { Select, Tick } from '../../parts/Select.tsx';
import { EXAMPLES } from './examples.ts';
import type { Probe } from './probe.ts';
import type { SourceChoice } from './sources.ts';

type ModelsCardProps = {
  probe: Probe;
  choices: readonly SourceChoice[];
  chosen: Signal<string | null>;
  onChoose: (key: string) => void;
};

export function ModelsCard({ probe, choices, chosen, onChoose }: ModelsCardProps) {
  const group = (kind: SourceChoice['kind']) =>
    choices.filter((choice) => choice.kind === kind).map(({ key, title }) => [key, title] as const);
  return (
    <Card id="probe" title="Ask the stages of a model the same thing">
      <div class="choices row">
        <Select
          label={<span class="hint">Model</span>}
          value={chosen.value ?? ''}
          groups={[
            { label: 'Released', choices: group('released') },
            { label: 'Runs kept here', choices: group('stored') },
          ]}
          onChoice={onChoose}
        />
        <Stages probe={probe} />
        <fieldset class="examples row">
          <legend class="hint">Questions on which stages differ</legend>
          {EXAMPLES.map((example) => (
            <Button
              label={example.title}
              key={example.title}
              title={example.about}
              disabled={!probe.catalogue.value}
              onClick={() => void probe.show(example)}
            />
          ))}
        </fieldset>
      </div>
    </Card>
  );
}

function Stages({ probe }: { probe: Probe }) {
  const source = probe.source.value;
  if (!source) return null;
  if (source.stages.length === 0) {
    return (
      <p class="hint">
        No stage of this run is done yet. When SFT is done, it can be asked here; a failed or stopped run can
        be resumed on Runs.
      </p>
    );
  }
  return (
    <fieldset class="stages row">
      <legend class="hint">Stages that answer</legend>
      {source.stages.map(({ name, title }) => (
        <Tick
          key={name}
          label={title}
          checked={!probe.left.value.has(name)}
          onTick={(asked) => {
            const left = new Set(probe.left.value);
            if (asked) left.delete(name);
            else left.add(name);
            probe.left.value = left;
            probe.ask();
          }}
        />
      ))}
    </fieldset>
  );
}
