// Words and pictures of the prompts among a bundle's samples, so that rollouts can be read without the program.

import { PlaygroundError } from '../base/errors.ts';
import { readSettings } from '../config/index.ts';
import type { Scene } from '../terms/scene.ts';
import type { Prompt, World } from '../world/index.ts';
import type { RunRecord, SampleBatch } from './types.ts';

/** One prompt. `scene` is null where there is no picture, and absent where this version's world would show another one. */
type BundlePrompt = { text: string; scene?: Scene | null };

/** `words`: the word of each token id, of prompts and responses alike. `prompts`: by prompt id. */
export type BundlePrompts = { words: readonly string[]; prompts: { [id: string]: BundlePrompt } };

/** The tokens of every prompt, by id, added batch by batch. */
export class PromptTexts {
  private readonly tokens = new Map<string, Int32Array>();

  add({ promptIds, promptTokens, promptOffsets }: SampleBatch): void {
    promptIds.forEach((id, g) => {
      if (!this.tokens.has(id))
        this.tokens.set(id, promptTokens.slice(promptOffsets[g], promptOffsets[g + 1]));
    });
  }

  /** With the pictures that the world of the run's settings gives. The world is loaded only here. */
  async file(run: RunRecord): Promise<BundlePrompts> {
    const { VOCABULARY, worldOf } = await import('../world/index.ts');
    const { settings, refused } = readSettings(run);
    const world = refused.length === 0 ? worldOf(settings) : null;
    const prompts: BundlePrompts['prompts'] = {};
    for (const [id, tokens] of this.tokens) {
      const text = Array.from(tokens, (token) => VOCABULARY[token] ?? '').join(' ');
      const known = world && promptOf(world, id);
      // Another version may have had another prompt of this id.
      const same = known && tokens.join() === known.tokens.join();
      prompts[id] = { text, ...(same && { scene: known.scene }) };
    }
    return { words: VOCABULARY, prompts };
  }
}

/** Null for an id that this world has no prompt of. */
function promptOf(world: World, id: string): Prompt | null {
  try {
    return world.promptById(id);
  } catch (error) {
    if (error instanceof PlaygroundError) return null;
    throw error;
  }
}
