// Details of one run: its name and tags to change, files to save, where a new run can begin, and the way into the trash.

import { useId } from 'preact/hooks';
import { readSettings } from '../../../config/index.ts';
import { codeText, engineText } from '../../../terms/origin.ts';
import { stageTitle } from '../../../terms/stages.ts';
import { Button } from '../../parts/Button.tsx';
import { CopyButton } from '../../parts/CopyButton.tsx';
import type { RunRow } from '../../state/runs/runRows.ts';
import { ExportButtons } from './ExportButtons.tsx';
import { NameField, TagsField } from './NameFields.tsx';
import type { RunActions } from './runActions.ts';

export function RunPanel({ row, actions }: { row: RunRow; actions: RunActions }) {
  const training = actions.session.training.value;
  const working = actions.working.value;
  const live = row.status === 'in training';
  const { run, label } = row;
  const { unknown } = readSettings(run);
  const id = useId();
  return (
    <div class="run-panel">
      <section class="rows" aria-labelledby={`${id}-about`}>
        <h3 id={`${id}-about`}>Name and tags</h3>
        <NameField row={row} onName={(name) => actions.rename(run.id, name)} />
        <TagsField row={row} onTags={(tags) => actions.setTags(run.id, tags)} />
        <p class="hint">
          On {engineText(run.engine) || 'an unknown device'}, by version {codeText(run.code)}.
          {unknown.length > 0 && ` This version does not know its settings ${unknown.join(', ')}.`}
          {run.message !== '' && !live && ` ${run.message}`}
        </p>
      </section>
      <section class="rows" aria-labelledby={`${id}-on`}>
        <h3 id={`${id}-on`}>Go on from it</h3>
        <div class="buttons">
          {run.status !== 'done' && (
            <Button
              label="Resume"
              more={` ${label}`}
              disabled={training || working}
              onClick={() => actions.resume(run.id)}
            />
          )}
          {row.stageEnds.map(({ stage }) => (
            <Button
              label={`New run after ${stageTitle(stage)}`}
              key={stage}
              disabled={training}
              onClick={() => actions.fork(row, stage)}
              aria-label={`New run from after ${stageTitle(stage)} of ${label}`}
            />
          ))}
          <CopyButton
            label="Copy link"
            of={`with the settings of ${label}`}
            text={() => actions.link(row)}
            onError={actions.fail}
          />
        </div>
        <p class="hint">
          {row.stageEnds.length > 0
            ? 'A new run takes over what came before: change what comes after in the form, then press Start. The link opens the page with these settings.'
            : 'A new run can begin after a stage once its end is stored. The link opens the page with these settings.'}
        </p>
      </section>
      <ExportButtons row={row} actions={actions} />
      <section class="rows" aria-labelledby={`${id}-trash`}>
        <h3 id={`${id}-trash`}>Delete</h3>
        <div class="buttons">
          <Button
            label="Delete"
            more={` ${label}`}
            class="danger"
            disabled={live || working}
            onClick={() => {
              actions.moveToTrash(row);
              // The button goes with its run: the list is where to go on.
              document.getElementById('runs-title')?.focus();
            }}
          />
        </div>
        <p class="hint">
          {live ? 'Stop it first.' : 'Moves it to the trash, from where it can be taken back.'}
        </p>
      </section>
    </div>
  );
}
