// The replay buffer: what is stored of the run's rollouts, with filter, order, pages and pins.

import { formatNumber } from '../../../base/format.ts';
import { Button } from '../../parts/Button.tsx';
import { Card } from '../../parts/Card.tsx';
import { Problem } from '../../parts/Problem.tsx';
import type { Session } from '../../session/session.ts';
import { BufferFilterForm } from './BufferFilterForm.tsx';
import { BufferTable } from './BufferTable.tsx';
import { PAGE_SIZE } from './bufferModel.ts';
import type { SamplesModel } from './samplesModel.ts';

export function BufferCard({ model, session }: { model: SamplesModel; session: Session }) {
  const { buffer } = model;
  const { first, last, page, pages } = buffer.shown.value;
  const all = buffer.selected.value.length;
  const reading = buffer.state.value !== 'read';
  return (
    <Card id="buffer" title="Replay buffer" aria-busy={reading}>
      <p class="hint">
        Every rollout is stored: to look at, to score again, and, where the run replays, to learn from a
        second time. <ReplayWords model={model} session={session} />
      </p>
      <BufferFilterForm model={model} />
      <Problem text={buffer.error.value?.text} />
      <p class="hint" role="status">
        {reading && `Reading … ${buffer.rows.value.length} groups so far. `}
        {all === 0
          ? !reading && 'No stored group fits this filter.'
          : `Groups ${first} to ${last} of ${all}${all === 1 ? '' : ', page'}${all === 1 ? '' : ` ${page + 1} of ${pages}`}.`}
        {buffer.cut.value && ' Older ones are stored too: give a last step to reach them.'}
      </p>
      {all > 0 && <BufferTable model={model} />}
      {all > PAGE_SIZE && <Pager model={model} session={session} />}
      <Columns />
    </Card>
  );
}

/** What the run itself does with stored groups. How often one group was reused is not stored, and not made up. */
function ReplayWords({ model, session }: { model: SamplesModel; session: Session }) {
  const { replay, replay_staleness } = model.settings.value;
  if (replay === 'none')
    return <>This run replays nothing (replay: none), so each group was used at most once.</>;
  const { metrics, metricsRevision } = session.shown.value;
  const replayed = metricsRevision >= 0 ? metrics.latest('groups/replayed') : null;
  const staleness = metrics.latest('staleness/mean');
  return (
    <>
      This run replays by <code>{replay}</code>, up to {replay_staleness} policy versions back.
      {replayed !== null &&
        ` Its last update took ${formatNumber(replayed)} stored groups${replayed > 0 && staleness !== null ? `, on average ${formatNumber(staleness)} versions old` : ''}.`}{' '}
      Which groups those were, and how often, is not stored with them.
    </>
  );
}

function Pager({ model, session }: { model: SamplesModel; session: Session }) {
  const { buffer } = model;
  const { page, pages } = buffer.shown.value;
  const go = (to: number) => () => {
    buffer.page.value = to;
  };
  return (
    <nav class="buttons" aria-label="Pages of the replay buffer">
      <Button label="« First" disabled={page === 0} onClick={go(0)} />
      <Button label="‹ Previous page" disabled={page === 0} onClick={go(page - 1)} />
      <Button label="Next page ›" disabled={page === pages - 1} onClick={go(page + 1)} />
      <Button label="Last »" disabled={page === pages - 1} onClick={go(pages - 1)} />
      {page > 0 && session.training.value && (
        <Button label="Look for newer groups" onClick={() => void buffer.readNewer()} />
      )}
    </nav>
  );
}

function Columns() {
  return (
    <details>
      <summary>What the columns mean</summary>
      <dl class="pairs small">
        <dt>step, group</dt>
        <dd>The iteration in which the group was sampled, and its place in that batch.</dd>
        <dt>version, age</dt>
        <dd>The policy version that sampled it, and how many updates the policy has had since.</dd>
        <dt>max |A|</dt>
        <dd>The largest advantage in the group, without its sign; 0 means that it taught nothing.</dd>
        <dt>heap score</dt>
        <dd>
          Sum of |A| times the standard deviation of the totals: how much the group teaches, and what{' '}
          <code>group_heap</code> chooses by. The table begins with the highest.
        </dd>
        <dt>reusable</dt>
        <dd>Whether the run’s replay strategy could put it into the next update, and if not, why.</dd>
      </dl>
    </details>
  );
}
