// Runs of the opening: each may begin where it says, by the rule that the trainer holds to.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { forkIndex } from '../../src/config/index.ts';
import type { ReleasedModel } from '../../src/protocol/inspector.ts';
import { failureOf, safetyOf } from '../../src/ui/opening/fromRelease.ts';
import { presetsOf } from '../../src/ui/state/form/draft.ts';
import { hintOf } from '../../src/ui/state/run/rewind.ts';

const { models } = JSON.parse(readFileSync('public/models/index.json', 'utf8')) as {
  models: ReleasedModel[];
};
const model = models[0]!;

describe('a run from the release', () => {
  it('may take over the heads', () => {
    const { draft, after } = safetyOf(model);
    expect(after).toBe('heads');
    expect(forkIndex(model.settings, draft.settings, after)).toBeGreaterThan(0);
  });

  it.each(presetsOf('failure'))('fails on purpose: $name', ({ name, overrides }) => {
    const { draft, after } = failureOf(model, name);
    expect(after).toBe(name === 'weak-heads' ? 'sft' : 'heads');
    expect(forkIndex(model.settings, draft.settings, after)).toBeGreaterThan(0);
    expect(hintOf(draft.preset)).not.toBeNull();
    const { max_grad_norm: _, stages: __, stage2_mix: ___, ...others } = overrides;
    expect(draft.settings).toMatchObject({
      ...others,
      prompts_per_step: 12,
      stages: ['sft', 'heads', 'stage2'],
    });
  });
});
