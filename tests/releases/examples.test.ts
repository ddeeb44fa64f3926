// The ready questions of Probe: the stages of the released models answer them differently, as their heading promises.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createWasmEngine } from '../../src/engine/wasm/engine.ts';
import { Inspector } from '../../src/inspector/inspector.ts';
import { Releases } from '../../src/releases/releases.ts';
import { MemoryStore } from '../../src/storage/index.ts';
import { EXAMPLES } from '../../src/ui/views/probe/examples.ts';

const releases = new Releases(async (path) => new Uint8Array(readFileSync(`public/models/${path}`)));
const inspector = new Inspector({
  store: new MemoryStore(),
  releases,
  openEngine: () => createWasmEngine(),
  yieldThread: async () => undefined,
});

test('the stages of a released model differ on every ready question, those of the others on most', async () => {
  const models = await releases.list();
  for (const { name, stages, settings } of models) {
    const alike: string[] = [];
    for (const { title, question } of EXAMPLES) {
      const asked = question(settings.grid_sizes[0] ?? 3);
      const prompt =
        'draft' in asked
          ? await inspector.compose({ settings, ...asked.draft, words: asked.draft.words.split(' ') })
          : await inspector.draw({ settings, from: { suite: asked.suite }, index: asked.index });
      const refs = stages.map(({ stage }) => ({ kind: 'released' as const, model: name, stage }));
      const answers = await inspector.answer({ models: refs, prompt, settings, temperature: 0, seed: 1 });
      if (new Set(answers.map(({ oracle }) => JSON.stringify(oracle))).size === 1) alike.push(title);
    }
    expect(alike.length, `${name}: ${alike.join(', ')}`).toBeLessThanOrEqual(
      name === models[0]?.name ? 0 : 1,
    );
  }
});
