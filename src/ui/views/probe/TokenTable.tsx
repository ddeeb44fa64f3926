// The numbers behind heat and discs, one row per token.

import { formatNumber, formatPercent } from '../../../base/format.ts';
import type { AnswerView, SceneView } from '../../../protocol/inspector.ts';
import { ScrollX } from '../../parts/ScrollX.tsx';
import { lookedAt, lookOf, percent } from './attention.ts';

type TokenTableProps = { title: string; answer: AnswerView; scene: SceneView | null };

export function TokenTable({ title, answer, scene }: TokenTableProps) {
  const { response, logProbs, attention } = answer;
  const seen = attention && scene ? { attention, scene } : null;
  return (
    <ScrollX label={`Tokens of ${title}`}>
      <table>
        <caption>Every token of the answer, in order</caption>
        <thead>
          <tr>
            <th scope="col">token</th>
            <th scope="col">log-prob</th>
            <th scope="col">probability</th>
            {seen && <th scope="col">looks at the picture</th>}
            {seen && <th scope="col">most at</th>}
          </tr>
        </thead>
        <tbody>
          {response.map((token, index) => {
            const logProb = logProbs[index] ?? Number.NaN;
            const look = seen && lookOf(seen.attention, index, seen.scene.gridSize);
            return (
              <tr key={index}>
                <th scope="row" class="tokens">
                  {token}
                </th>
                <td>{formatNumber(logProb)}</td>
                <td>{formatPercent(Math.exp(logProb))}</td>
                {seen && <td>{look ? percent(look.picture) : '–'}</td>}
                {seen && <td>{look ? `${lookedAt(look, seen.scene)}: ${percent(look.share)}` : '–'}</td>}
              </tr>
            );
          })}
        </tbody>
      </table>
    </ScrollX>
  );
}
