// What a plan will take, before it is started: runs, time to the end and room; and the button that starts it.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { formatBytes, formatDuration } from '../../../base/format.ts';
import type { Plan } from '../../../experiments/plans.ts';
import { Button } from '../../parts/Button.tsx';
import { CopyButton } from '../../parts/CopyButton.tsx';
import { NumberField } from '../../parts/NumberField.tsx';
import { type Opened, trainedText } from '../../state/lab/openedPlan.ts';
import { planLink } from '../../state/lab/planAddress.ts';
import { runBytes } from '../../state/lab/room.ts';
import { planMs } from '../../state/lab/workTime.ts';
import { isSeat, MOST_SEATS } from '../../state/seats.ts';
import { chooseAllocation } from './allocation.ts';
import type { LabProps } from './lab.ts';
import { savePlan } from './saveFiles.ts';

/** Typing in a field asks only once it rests. */
const REST_MS = 400;

export function BeforeStart({ lab, session }: LabProps) {
  const draft = lab.draft.value;
  const plan = draft && !('problem' in draft) ? draft : null;
  return (
    <>
      {plan && <Needs session={session} opened={plan} />}
      <Seat lab={lab} />
      <div class="buttons">
        <Button
          label="▶ Start the plan"
          class="primary"
          disabled={
            plan === null || session.busy.value || (lab.seats.value !== null && lab.seat.value === null)
          }
          onClick={() => void session.act(() => lab.start())}
        />
        {plan && (
          <>
            <CopyButton
              label="Copy as a link"
              of="to this plan"
              text={() => planLink({ plan: plan.plan, seats: null }, location.href)}
            />
            <Button label="Save as a file" onClick={() => savePlan(plan.plan)} />
          </>
        )}
      </div>
      {plan && <ClassLink plan={plan.plan} />}
    </>
  );
}

function Needs({ session, opened }: Pick<LabProps, 'session'> & { opened: Opened }) {
  const found = useSignal<{ ms: number | null; workers: number } | null>(null);
  const measuring = useSignal(false);
  const device = session.device.value;
  const ask = async (measure: boolean): Promise<void> => {
    const { allocation, runMs } = await chooseAllocation(session, opened, measure);
    const run = opened.expansion.runs.find(({ kind }) => kind === 'cell');
    if (!run) return;
    const ms = planMs(opened.expansion.runs, { run, ms: runMs }, allocation.workers);
    found.value = { ms, workers: allocation.workers };
  };
  useEffect(() => {
    if (!device) return;
    const timer = setTimeout(() => void ask(false).catch((error) => session.report(error)), REST_MS);
    return () => clearTimeout(timer);
  }, [opened, device]);
  const measure = (): void => {
    measuring.value = true;
    void session.act(() => ask(true)).finally(() => (measuring.value = false));
  };
  const { cells, runs } = opened.expansion;
  const seeds = new Set(runs.map(({ seed }) => seed)).size;
  const bytes = runs.length * runBytes(opened);
  const storage = session.storage.value;
  const free = storage && storage.quotaBytes > 0 ? storage.quotaBytes - storage.usageBytes : null;
  return (
    <p class="shaded" role="status">
      <b>
        {runs.length} runs: {cells.length} {cells.length === 1 ? 'cell' : 'cells'} under {seeds}{' '}
        {seeds === 1 ? 'seed' : 'seeds'}.
      </b>{' '}
      {trainedText(opened)}{' '}
      {found.value && found.value.ms !== null ? (
        <>
          About {formatDuration(found.value.ms)} to the end on this device
          {found.value.workers > 1 && `, ${found.value.workers} runs at a time`}.{' '}
        </>
      ) : (
        <>
          Time unknown: no run on this device tells.{' '}
          <Button
            label={measuring.value ? 'Measuring …' : 'Measure one step'}
            disabled={measuring.value || session.busy.value || session.training.value || !device}
            onClick={measure}
          />{' '}
        </>
      )}
      About {formatBytes(bytes)} of room
      {free !== null && `, of ${formatBytes(free)} that are free`}.
      {free !== null && bytes > free && (
        <b class="problem"> That is more than there is: take fewer runs, or delete old ones in Runs.</b>
      )}
      {seeds < 2 && <> One seed gives no interval: take two or more to compare.</>}
    </p>
  );
}

/** Which part of the plan is this computer's, where the link divides it among a class. */
function Seat({ lab }: Pick<LabProps, 'lab'>) {
  const seats = lab.seats.value;
  if (seats === null) return null;
  return (
    <p class="shaded lab-seat">
      <NumberField
        label="Your seat number"
        min={1}
        max={seats}
        value={lab.seat.value ?? ''}
        onNumber={(seat) => (lab.seat.value = isSeat(seat, seats) ? seat : null)}
      />{' '}
      of {seats}: this computer trains one part of the runs. Save the results when they are done, and hand the
      file to whoever made the link.{' '}
      <Button label="Train all runs here" class="quiet" onClick={() => (lab.seats.value = null)} />
    </p>
  );
}

/** A link by which the computers of a class train a part of the runs each. */
function ClassLink({ plan }: { plan: Plan }) {
  const seats = useSignal(20);
  return (
    <details>
      <summary>For a class</summary>
      <div class="row">
        <NumberField
          label="Computers in class"
          min={2}
          max={MOST_SEATS}
          value={seats.value}
          onNumber={(count) => (seats.value = isSeat(count, MOST_SEATS) ? count : seats.value)}
        />
        <CopyButton
          label="Copy a link for the class"
          of="by which each computer trains a part of this plan"
          text={() => planLink({ plan, seats: seats.value }, location.href)}
        />
      </div>
    </details>
  );
}
