// From prompts and responses to token batches: layout <bos> prompt <sep> response, pictures as patches.

import type { SequenceBatch } from '../engine/types.ts';
import type { ModelSpec } from '../model/graph.ts';
import { writePatches } from '../model/patches.ts';
import { HEAD_TABLE, HEADS } from '../terms/heads.ts';
import type { Prompt, Scene, World } from '../world/index.ts';
import { BOS, EOS, SEP } from '../world/vocabulary.ts';

/** A prompt with what follows it. */
export type SequenceItem = { prompt: Prompt; response: ArrayLike<number> };

/** What is trained or scored in a batch: rows, their targets, and where each item's rows lie. */
export type ResponseRows = {
  rows: Int32Array;
  targets: Int32Array;
  /** Item b owns rows offsets[b] .. offsets[b + 1]. */
  offsets: Int32Array;
};

/** Where each of some lists begins when they stand one after the other, and where the last one ends. */
export function offsetsOf(lengths: readonly number[]): Int32Array {
  const offsets = new Int32Array(lengths.length + 1);
  lengths.forEach((length, i) => {
    offsets[i + 1] = offsets[i] + length;
  });
  return offsets;
}

/** Whether a prompt's judged sequence carries the reference answer. */
function readsReference(prompt: Prompt): boolean {
  return HEADS.some((head) => HEAD_TABLE[head].referenceLabels.includes(prompt.label));
}

/** Turns world objects into what a model of this spec reads. Text-only backbones get the scene in words. */
export class SequenceEncoder {
  constructor(
    private readonly world: World,
    private readonly spec: ModelSpec,
  ) {}

  /** Tokens up to and including `<sep>`. */
  promptTokens(prompt: Prompt): number[] {
    const scene = this.spec.imageTokens === 0 ? this.world.describe(prompt.scene) : [];
    return [BOS, ...scene, ...prompt.tokens, SEP];
  }

  /** Whether the model sees a picture with this prompt. */
  seesPicture(prompt: Prompt): boolean {
    return prompt.scene !== null && this.spec.imageTokens > 0;
  }

  /**
   * A batch of token lists with the pictures of their prompts. `blank` paints all pictures mid-grey; the first `common` tokens are
   * the same in all items of one prompt.
   */
  batch(
    items: readonly { prompt: Prompt; tokens: ArrayLike<number>; common?: number }[],
    blank = false,
  ): SequenceBatch {
    const time = items.reduce((longest, item) => Math.max(longest, item.tokens.length), 1);
    const tokens = new Int32Array(items.length * time);
    const lengths = new Int32Array(items.length);
    const hasImage = new Uint8Array(items.length);
    const { imageTokens, patchValues, config } = this.spec;
    const patches = imageTokens > 0 ? new Float32Array(items.length * imageTokens * patchValues) : null;
    let lastScene: Scene | null = null;
    let lastOffset = 0;
    items.forEach((item, b) => {
      tokens.set(Array.from(item.tokens), b * time);
      lengths[b] = item.tokens.length;
      const { scene } = item.prompt;
      if (!patches || !scene) return;
      hasImage[b] = 1;
      if (blank) return;
      const offset = b * imageTokens * patchValues;
      // Samples of one group stand together and share their picture.
      if (scene === lastScene) {
        patches.copyWithin(offset, lastOffset, lastOffset + imageTokens * patchValues);
      } else {
        writePatches(this.world.render(scene), config.imageSizePx, patches, offset);
      }
      lastScene = scene;
      lastOffset = offset;
    });
    const shared = Int32Array.from(items, ({ prompt, common = 0 }, b) =>
      prompt === items[b - 1]?.prompt ? common : 0,
    );
    return { batch: items.length, time, tokens, lengths, patches, hasImage, shared };
  }

  /** Prompts alone, for generation; `begun`: the first tokens of each response, to go on from. */
  prompts(prompts: readonly Prompt[], begun: readonly number[] = []): SequenceBatch {
    return this.batch(
      prompts.map((prompt) => ({ prompt, tokens: [...this.promptTokens(prompt), ...begun] })),
    );
  }

  /** Prompts with responses, and the rows that predict each response token. */
  responses(items: readonly SequenceItem[], blank = false): { batch: SequenceBatch } & ResponseRows {
    const heads = items.map((item) => this.promptTokens(item.prompt));
    const batch = this.batch(
      items.map((item, b) => ({
        prompt: item.prompt,
        tokens: [...heads[b], ...Array.from(item.response)],
        common: heads[b].length,
      })),
      blank,
    );
    const offsets = offsetsOf(items.map(({ response }) => response.length));
    const rows = new Int32Array(offsets[items.length]);
    const targets = new Int32Array(offsets[items.length]);
    items.forEach((item, b) => {
      for (let i = 0; i < item.response.length; i++) {
        rows[offsets[b] + i] = b * batch.time + heads[b].length - 1 + i;
        targets[offsets[b] + i] = item.response[i];
      }
    });
    return { batch, rows, targets, offsets };
  }

  /** Input of the reward heads: <bos> prompt <sep> [reference] <sep> judged part <eos>; the last token's row is read. */
  judged(items: readonly { prompt: Prompt; part: readonly number[] }[]): {
    batch: SequenceBatch;
    rows: Int32Array;
  } {
    const batch = this.batch(
      items.map(({ prompt, part }) => {
        const reference = readsReference(prompt) ? prompt.reference : [];
        const head = [...this.promptTokens(prompt), ...reference, SEP];
        return { prompt, tokens: [...head, ...part, EOS], common: head.length };
      }),
    );
    return { batch, rows: Int32Array.from(batch.lengths, (length, b) => b * batch.time + length - 1) };
  }
}
