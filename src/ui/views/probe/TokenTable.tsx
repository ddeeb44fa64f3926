// The numbers behind heat and discs, one row per token.

import { formatNumber, formatPercent } from '../../../base/format.ts';
import type { AnswerView } from '../../../protocol/inspector.ts';
import type { Scene } from '../../../terms/scene.ts';
import { Table } from '../../parts/Table.tsx';
import { lookedAt, lookOf } from './attention.ts';

type TokenTableProps = { title: string; answer: AnswerView; scene: Scene | null };

export function TokenTable({ title, answer, scene }: TokenTableProps) {
  const { response, logProbs, attention } = answer;
  const seen = attention && scene ? { attention, scene } : null;
  return (
    <Table
      label={`Tokens of ${title}`}
      caption="Every token of the answer, in order"
      heads={['token', 'log-prob', 'probability', ...(seen ? ['looks at the picture', 'most at'] : [])]}
      rows={response.map((token, index) => {
        const logProb = logProbs[index] ?? Number.NaN;
        const look = seen && lookOf(seen.attention, index, seen.scene.gridSize);
        const looks = look
          ? [formatPercent(look.picture, 0), `${lookedAt(look, seen.scene)}: ${formatPercent(look.share, 0)}`]
          : ['–', '–'];
        return {
          key: index,
          head: token,
          headClass: 'tokens',
          cells: [formatNumber(logProb), formatPercent(Math.exp(logProb)), ...(seen ? looks : [])],
        };
      })}
    />
  );
}
