// Verdicts of the judges on a stored batch, kept while its recipe is tried: another weight asks no head again.

import type { EngineModel } from '../engine/types.ts';
import type { HeadOutputs } from '../rewards/index.ts';
import type { HeadName } from '../terms/heads.ts';
import { judgeParts } from '../training/judges.ts';
import type { JudgedItem } from '../training/rewardModel.ts';

export class JudgeMemory {
  #batch = '';
  #model: EngineModel | null = null;
  readonly #known = new Map<string, HeadOutputs>();

  /** `judgeParts` that remembers; `batch` names run and step. Another batch or other heads forget all. */
  for(batch: string, heads: EngineModel | null): typeof judgeParts {
    if (batch !== this.#batch || heads !== this.#model) this.#known.clear();
    this.#batch = batch;
    this.#model = heads;
    return async (model, encoder, items, settings) => {
      const keyOf = ({ prompt, part }: JudgedItem) =>
        `${settings.safety_judge} ${prompt.id} ${part.join(' ')}`;
      const missing = items.flatMap((item) => {
        const known = this.#known.get(keyOf(item)) ?? {};
        const heads = item.heads.filter((head) => !(head in known));
        return heads.length > 0 ? [{ ...item, heads }] : [];
      });
      const outputs = await judgeParts(model, encoder, missing, settings);
      missing.forEach((item, i) => {
        const key = keyOf(item);
        this.#known.set(key, { ...this.#known.get(key), ...outputs[i] });
      });
      return items.map((item) => pick(this.#known.get(keyOf(item)) ?? {}, item.heads));
    };
  }
}

/** The outputs that were asked for and are there, no others: what a term sees must not depend on what was asked before. */
function pick(outputs: HeadOutputs, heads: readonly HeadName[]): HeadOutputs {
  return Object.fromEntries(heads.flatMap((head) => (outputs[head] ? [[head, outputs[head]]] : [])));
}
