// The queue on show: how far it is and what is left, its runs in their order, and what can be changed while it runs.

import { formatDuration, formatMoment, formatRemaining } from '../../../base/format.ts';
import { stageTitle } from '../../../terms/stages.ts';
import { showView } from '../../commands/route.ts';
import { Button } from '../../parts/Button.tsx';
import { Card } from '../../parts/Card.tsx';
import { Problem } from '../../parts/Problem.tsx';
import { Select } from '../../parts/Select.tsx';
import { Table } from '../../parts/Table.tsx';
import { planName } from '../../state/lab/openedPlan.ts';
import { withDropped, withRetried } from '../../state/lab/queueEdits.ts';
import { countStates, isOverRow, moved, type QueueRow } from '../../state/lab/queueRows.ts';
import { leftMs } from '../../state/lab/workTime.ts';
import { AddToPlan } from './AddToPlan.tsx';
import type { LabProps } from './lab.ts';

export function QueueCard({ lab, session }: LabProps) {
  const [queue, queues, opened] = [lab.queue.value, lab.queues.value, lab.opened.value];
  if (!queue || !queues || !opened) return null;
  const act = (command: () => Promise<unknown>): void => void session.act(command);
  const elsewhere = lab.runner.place.value === 'elsewhere' && queue.status === 'running';
  return (
    <Card
      id="queue"
      title={`Queue: ${planName(queue)}`}
      tools={
        queues.length > 1 && (
          <Select
            label="Plan"
            value={queue.id}
            choices={queues.map((each) => [each.id, `${planName(each)}, ${formatMoment(each.createdAt)}`])}
            onChoice={(id) => act(() => lab.show(id))}
          />
        )
      }
    >
      {'problem' in opened ? (
        <>
          <Problem text={opened.problem} />
          <p>
            <Button label="Forget this plan" onClick={() => act(() => lab.remove(queue.id))} /> Its runs stay
            in Runs.
          </p>
        </>
      ) : (
        <>
          <Progress lab={lab} session={session} />
          {elsewhere && <p class="hint">Another tab runs this queue: change it there, or close that tab.</p>}
          <Runs lab={lab} session={session} disabled={elsewhere} />
          {!elsewhere && <AddToPlan lab={lab} session={session} queue={queue} plan={opened.plan} />}
        </>
      )}
    </Card>
  );
}

function Progress({ lab, session }: LabProps) {
  const queue = lab.queue.value;
  if (!queue) return null;
  const rows = lab.rows.value;
  const counts = countStates(rows);
  const over = rows.filter(isOverRow).length;
  const here = lab.runner.place.value !== 'nobody';
  const runs = [...lab.runner.training.value.values()].map(
    ({ progress }) => progress.value?.runRemainingMs ?? null,
  );
  const left = leftMs(rows, queue.wallMs, runs, lab.runner.allocation.value?.workers ?? 1);
  const act = (command: () => Promise<unknown>): void => void session.act(command);
  const said = (['running', 'collapsed', 'failed', 'cancelled'] as const).flatMap((state) =>
    counts[state] > 0 ? [`${counts[state]} ${state}`] : [],
  );
  return (
    <>
      <p role="status" class={queue.share ? 'lab-large' : undefined}>
        {queue.share && `Seat ${queue.share.index} of ${queue.share.count}. `}
        <progress aria-label="Runs of the queue" value={over} max={Math.max(1, rows.length)} />{' '}
        <b>
          {counts.done} of {rows.length} runs done
        </b>
        {said.length > 0 && `, ${said.join(', ')}`}
        {queue.status === 'running' &&
          `; ${left === null ? 'time left is known after the first run' : formatRemaining(left)}`}
        .{queue.status === 'paused' && ` Paused. ${queue.message}`}
      </p>
      <div class="buttons">
        {queue.status === 'running' ? (
          <Button
            label="Pause"
            more=" the queue"
            onClick={() =>
              act(() => lab.change(queue.id, (each) => ({ ...each, status: 'paused', message: '' })))
            }
          />
        ) : (
          rows.some((row) => !isOverRow(row)) && (
            <Button
              label="Go on"
              more=" with the queue"
              class="primary"
              onClick={() => act(() => lab.goOn(queue.id))}
            />
          )
        )}
        {rows.some((row) => !isOverRow(row)) && (
          <Button
            label="Cancel the rest"
            class="danger"
            onClick={() => act(() => lab.change(queue.id, (each) => withDropped(each, rows, () => true)))}
          />
        )}
        {queue.status !== 'running' && !here && (
          <Button
            label="Forget this plan"
            title="The runs stay in Runs"
            onClick={() => act(() => lab.remove(queue.id))}
          />
        )}
      </div>
    </>
  );
}

function Runs({ lab, session, disabled }: LabProps & { disabled: boolean }) {
  const queue = lab.queue.value;
  if (!queue) return null;
  const rows = lab.rows.value;
  const act = (command: () => Promise<unknown>): void => void session.act(command);
  const change = (next: (queue: NonNullable<typeof lab.queue.value>) => typeof queue): void =>
    act(() => lab.change(queue.id, next));
  return (
    <details open={rows.length <= 30}>
      <summary>Runs ({rows.length})</summary>
      <Table
        class="lab-runs"
        label="Runs of the queue"
        caption="In the order in which they are trained"
        heads={[
          'run',
          'state',
          'time',
          <span key="commands" class="skip">
            commands
          </span>,
        ]}
        rows={rows.map((row) => ({
          key: row.run.id,
          head: row.title,
          cells: [
            {
              content: <Standing lab={lab} row={row} />,
              class: row.state === 'failed' ? 'problem' : undefined,
            },
            queue.wallMs[row.run.id] === undefined ? '' : formatDuration(queue.wallMs[row.run.id] ?? 0),
            <span class="buttons" key="commands">
              {['running', 'done', 'collapsed'].includes(row.state) && (
                <Button
                  label="Open"
                  more={` ${row.title}`}
                  class="quiet"
                  onClick={() =>
                    act(async () => {
                      await session.openRun(row.runId);
                      showView('train');
                    })
                  }
                />
              )}
              {row.state === 'waiting' &&
                ([-1, 1] as const).map((by) => (
                  <Button
                    key={by}
                    label={by < 0 ? '↑' : '↓'}
                    class="quiet"
                    disabled={disabled}
                    aria-label={`${by < 0 ? 'Earlier' : 'Later'}: ${row.title}`}
                    onClick={() => change((each) => ({ ...each, order: moved(rows, row.run.id, by) }))}
                  />
                ))}
              {!isOverRow(row) && (
                <>
                  <Button
                    label="Cancel"
                    more={` ${row.title}`}
                    class="quiet"
                    disabled={disabled}
                    onClick={() =>
                      change((each) => withDropped(each, rows, ({ run }) => run.id === row.run.id))
                    }
                  />
                  {row.run.kind === 'cell' && (
                    <Button
                      label="Stop the cell"
                      more={` of ${row.title}`}
                      title="Cancels what is left of this cell, under every seed"
                      class="quiet"
                      disabled={disabled}
                      onClick={() =>
                        change((each) => withDropped(each, rows, ({ run }) => run.name === row.run.name))
                      }
                    />
                  )}
                </>
              )}
              {(row.state === 'failed' || row.state === 'cancelled') && (
                <Button
                  label="Try again"
                  more={` ${row.title}`}
                  class="quiet"
                  disabled={disabled}
                  onClick={() =>
                    act(async () => {
                      await lab.change(queue.id, (each) => withRetried(each, row.run.id));
                      await lab.goOn(queue.id);
                    })
                  }
                />
              )}
            </span>,
          ],
        }))}
      />
    </details>
  );
}

/** In a word, with the place of a run in training, or why there is no result. */
function Standing({ lab, row }: { lab: LabProps['lab']; row: QueueRow }) {
  const progress = lab.runner.training.value.get(row.runId)?.progress.value;
  if (row.state === 'running' && progress)
    return (
      <>
        {stageTitle(progress.stage)} {progress.iteration} / {progress.iterations}
      </>
    );
  const word = row.state === 'begun' ? 'begun, goes on from its last checkpoint' : row.state;
  return <>{row.message === '' ? word : `${word}: ${row.message}`}</>;
}
