// One group of the rollout before and after the update: each answer with reward, advantage, and how much likelier it has become.

import { formatNumber } from '../../../base/format.ts';
import { extent } from '../../../base/numbers.ts';
import { responseLogRatio } from '../../../lessons/measure.ts';
import type { StoredGroup } from '../../../protocol/inspector.ts';
import { Table } from '../../parts/Table.tsx';
import { useRead } from '../../parts/useRead.ts';
import type { Session } from '../../session/session.ts';
import { splitResponse, wordsOf } from '../../state/samples/response.ts';
import { sourceOf } from './lessonRuns.ts';

export function GroupTable({ session, runId }: { session: Session; runId: string }) {
  const group = useRead(session, runId, [], () => widestGroup(session, runId));
  if (!group) return null;
  return (
    <Table
      class="lesson-compare"
      label="One group after the update"
      caption={`One group: “${group.prompt.words.join(' ')}”`}
      heads={['answer', 'reward', 'advantage', 'probability after / before']}
      rows={group.samples.map(({ response, terms, advantage, ratios }, index) => ({
        key: String(index),
        head: answerText(response),
        cells: [
          formatNumber(terms.total ?? 0),
          {
            content: formatNumber(advantage),
            class: `advantage ${advantage > 0 ? 'plus' : advantage < 0 ? 'minus' : ''}`,
          },
          ratios ? `× ${formatNumber(Math.exp(responseLogRatio(ratios)))}` : '',
        ],
      }))}
    />
  );
}

function answerText(response: readonly string[]): string {
  return wordsOf(splitResponse(response).answer)
    .map(({ text }) => text)
    .join(' ');
}

/** The group whose advantages differ most. */
async function widestGroup(session: Session, runId: string): Promise<StoredGroup | null> {
  const source = sourceOf(session);
  const batch = await source.firstBatch(runId);
  if (!batch) return null;
  let widest: { group: number; spread: number } | null = null;
  for (let group = 0; group < batch.groups; group++) {
    const { samples } = await source.group({ runId, step: batch.step, group, ratioUnder: null });
    const [low, high] = extent(samples.map(({ advantage }) => advantage));
    const spread = high - low;
    if (!widest || spread > widest.spread) widest = { group, spread };
  }
  if (!widest) return null;
  const ratioUnder = await source.end(runId);
  return await source.group({ runId, step: batch.step, group: widest.group, ratioUnder });
}
