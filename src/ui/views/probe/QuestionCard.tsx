// The question: write it or pick a sentence form, choose an attack, compose the picture, or load one; undo and redo.

import { formatWord } from '../../../base/format.ts';
import type { InspectorCatalogue } from '../../../protocol/inspector.ts';
import { Button } from '../../parts/Button.tsx';
import { Card } from '../../parts/Card.tsx';
import { Problem } from '../../parts/Problem.tsx';
import { Select } from '../../parts/Select.tsx';
import { DrawFields } from './DrawFields.tsx';
import type { Probe } from './probe.ts';
import type { ProblemPlace } from './problem.ts';
import { SceneEditor } from './SceneEditor.tsx';
import { WordsField } from './WordsField.tsx';

export function QuestionCard({ probe, catalogue }: { probe: Probe; catalogue: InspectorCatalogue }) {
  const draft = probe.draft.value;
  const problem = probe.problem.value;
  const problemAt = (place: ProblemPlace) => (problem?.place === place ? problem.text : undefined);
  const { past, future } = probe.history.value;
  return (
    <Card
      id="question"
      title="The question"
      tools={
        <div class="buttons">
          <Button label="↶ Undo" disabled={past.length === 0} onClick={() => probe.undo()} />
          <Button label="↷ Redo" disabled={future.length === 0} onClick={() => probe.redo()} />
        </div>
      }
    >
      <WordsField
        text={draft.words}
        known={catalogue.words}
        problem={problem?.place === 'words' ? problem : null}
        onText={(text, finished) => probe.write(text, finished)}
        onLeave={() => probe.finishWriting()}
      />
      <div class="pair">
        <FormField words={draft.words} forms={catalogue.forms} onWords={(words) => probe.edit({ words })} />
        <AttackField
          attack={draft.attack}
          attacks={catalogue.attacks}
          onAttack={(attack) => probe.edit({ attack })}
        />
      </div>
      <Problem text={problemAt('attack')} />
      <SceneEditor
        scene={draft.scene}
        picture={probe.picture.value}
        catalogue={catalogue}
        onScene={(scene) => probe.edit({ scene })}
      />
      <Problem text={problemAt('scene')} />
      <DrawFields probe={probe} />
      <Problem text={problemAt('draw')} />
    </Card>
  );
}

type FormFieldProps = {
  words: string;
  forms: InspectorCatalogue['forms'];
  onWords: (words: string) => void;
};

/** Every sentence form that the world can read, to pick from. */
function FormField({ words, forms, onWords }: FormFieldProps) {
  const isOne = forms.some(({ sentences }) => sentences.includes(words));
  return (
    <div class="words rows">
      <Select
        label={<span>Or a sentence form</span>}
        value={isOne ? words : ''}
        choices={[['', 'choose one …']]}
        groups={forms.map(({ form, label, sentences }) => ({
          label: `${formatWord(label)}: ${formatWord(form)}`,
          choices: sentences.map((sentence) => [sentence, sentence] as const),
        }))}
        onChoice={(sentence) => sentence !== '' && onWords(sentence)}
      />
    </div>
  );
}

type AttackFieldProps = {
  attack: string | null;
  attacks: InspectorCatalogue['attacks'];
  onAttack: (attack: string | null) => void;
};

function AttackField({ attack, attacks, onAttack }: AttackFieldProps) {
  const chosen = attacks.find(({ name }) => name === attack);
  const family = (heldOut: boolean) =>
    attacks.filter((each) => each.heldOut === heldOut).map(({ name }) => [name, formatWord(name)] as const);
  return (
    <div class="words rows">
      <Select
        label={<span>Attack around it</span>}
        value={attack ?? ''}
        choices={[['', 'none']]}
        groups={[
          { label: 'Families that are trained on', choices: family(false) },
          { label: 'Never trained on', choices: family(true) },
        ]}
        onChoice={(name) => onAttack(name || null)}
      />
      {chosen && (
        <p class="hint">
          {chosen.about} {chosen.heldOut && <span class="chip">never trained on</span>}
        </p>
      )}
    </div>
  );
}
