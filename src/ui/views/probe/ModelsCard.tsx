// Whom to ask, and ready questions.

import type { Signal } from '@preact/signals';
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
    choices
      .filter((choice) => choice.kind === kind)
      .map(({ key, title }) => (
        <option key={key} value={key}>
          {title}
        </option>
      ));
  return (
    <section class="card" aria-labelledby="probe-title">
      <h2 id="probe-title">Ask the stages of a model the same thing</h2>
      <div class="choices">
        <label>
          <span class="hint">Model</span>
          <select value={chosen.value ?? ''} onChange={(event) => onChoose(event.currentTarget.value)}>
            <optgroup label="Released">{group('released')}</optgroup>
            <optgroup label="Runs kept here">{group('stored')}</optgroup>
          </select>
        </label>
        <Stages probe={probe} />
      </div>
      <div class="buttons">
        {EXAMPLES.map((example) => (
          <button
            type="button"
            key={example.title}
            disabled={!probe.catalogue.value}
            onClick={() => void probe.show(example)}
          >
            {example.title}
          </button>
        ))}
      </div>
    </section>
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
    <fieldset class="stages">
      <legend class="hint">Stages that answer</legend>
      {source.stages.map(({ name, title }) => (
        <label key={name}>
          <input
            type="checkbox"
            checked={!probe.left.value.has(name)}
            onChange={(event) => {
              const left = new Set(probe.left.value);
              if (event.currentTarget.checked) left.delete(name);
              else left.add(name);
              probe.left.value = left;
              probe.ask();
            }}
          />{' '}
          {title}
        </label>
      ))}
    </fieldset>
  );
}
