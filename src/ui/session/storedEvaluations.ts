// The evaluations of stored runs: read, and kept where a stage had none.

import { decodeScores } from '../../protocol/decode.ts';
import type { EvaluationEvent } from '../../protocol/messages.ts';
import type { Json } from '../../storage/types.ts';
import type { Connections } from './connections.ts';

export class StoredEvaluations {
  readonly #connections: Connections;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  /** In the order of the run. */
  async of(runId: string): Promise<EvaluationEvent[]> {
    const found = await this.#connections.store.listEvaluations(runId);
    return found
      .map(({ stage, step, report }) => ({
        kind: 'evaluation' as const,
        runId,
        stage,
        step,
        scores: decodeScores(report),
      }))
      .sort((a, b) => a.step - b.step);
  }

  async keep({ runId, stage, step, scores }: EvaluationEvent): Promise<void> {
    const report = { stage, step, scores } as unknown as Json;
    await this.#connections.store.putEvaluation({ runId, stage, step, report });
  }
}
