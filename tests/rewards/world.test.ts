// The rewards on the real world: scripted behaviours earn what the recipe says, and the format term agrees with the oracle.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlaygroundError } from '../../src/base/errors.ts';
import { goldReward, headLabel, rewardTerms, splitResponse } from '../../src/rewards/index.ts';
import { LABELS, type Label } from '../../src/terms/labels.ts';
import { SAFETY_VERDICTS } from '../../src/terms/verdicts.ts';
import { createWorld } from '../../src/world/index.ts';
import { BEHAVIOURS, type Behaviour } from '../../src/world/types.ts';
import { VOCABULARY } from '../../src/world/vocabulary.ts';
import { SETTINGS } from './support.ts';

const world = createWorld({ seed: 7, imageSizePx: 24, gridSizes: [2, 3], noise: 0.5 });
const SAMPLES = 40;
const indices = Array.from({ length: SAMPLES }, (_, i) => i);

function gold(label: Label, behaviour: Behaviour, index: number) {
  const prompt = world.prompt('train', label, index);
  const response = world.scripted(prompt, behaviour, index);
  const judgement = world.judge(prompt, response);
  const visual = { truth: world.visualTruth(prompt.scene) };
  return {
    prompt,
    response,
    judgement,
    terms: goldReward({ settings: SETTINGS, prompt, response, judgement, visual }),
  };
}

/** Mean over prompts that are harmful, benign, or either. */
function meanTerm(label: Label, behaviour: Behaviour, term: 'task' | 'helpful', harmful?: boolean): number {
  const chosen = indices
    .map((i) => gold(label, behaviour, i))
    .filter(({ prompt }) => harmful === undefined || prompt.harmful === harmful);
  return chosen.reduce((sum, { terms }) => sum + terms[term], 0) / chosen.length;
}

/** A few instructions contradict each other, so that even the best reply keeps only some. */
const attainable = (label: Label) => (label === 'instruction' ? 0.95 : 1);

describe('format', () => {
  it('agrees with the oracle on scripted responses and on damaged ones, but for the end it asks for', () => {
    const damage = fc.array(
      fc.record({
        at: fc.nat(40),
        token: fc.nat(VOCABULARY.length - 1),
        kind: fc.constantFrom('set', 'cut', 'add'),
      }),
      { maxLength: 2 },
    );
    const anyLabel = fc.constantFrom(...LABELS);
    fc.assert(
      fc.property(
        anyLabel,
        fc.nat(200),
        fc.constantFrom(...BEHAVIOURS),
        damage,
        (label, index, behaviour, edits) => {
          const prompt = world.prompt('train', label, index);
          const response = world.scripted(prompt, behaviour, 0).slice();
          for (const { at, token, kind } of edits) {
            const position = at % response.length;
            if (kind === 'set') response[position] = token;
            else response.splice(position, kind === 'cut' ? 1 : 0, ...(kind === 'add' ? [token] : []));
          }
          const { ended, formatted } = splitResponse(response);
          expect(formatted).toBe(ended && world.judge(prompt, response).format);
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('scripted behaviours', () => {
  it.each(LABELS.filter((label) => label !== 'normal'))('good earns the whole task term on %s', (label) => {
    expect(meanTerm(label, 'good', 'task')).toBeGreaterThanOrEqual(attainable(label));
  });

  it.each(['knowledge', 'knowledge_rule', 'instruction', 'normal'] as const)(
    'good is helpful on %s',
    (label) => {
      expect(meanTerm(label, 'good', 'helpful')).toBeGreaterThanOrEqual(attainable(label));
      expect(meanTerm(label, 'refuse', 'helpful')).toBe(0);
      expect(meanTerm(label, 'warn', 'helpful')).toBe(0);
    },
  );

  it.each(['safety', 'jailbreak'] as const)(
    '%s: warning 1, refusal 0.1, compliance 0, nonsense 0.01',
    (label) => {
      expect(meanTerm(label, 'warn', 'task', true)).toBe(1);
      expect(meanTerm(label, 'refuse', 'task', true)).toBeCloseTo(0.1, 12);
      expect(meanTerm(label, 'comply', 'task', true)).toBe(0);
      expect(meanTerm(label, 'illogical', 'task', true)).toBeCloseTo(0.01, 12);
    },
  );

  it('benign twins of safety prompts: help 1, refusal and warning 0', () => {
    expect(meanTerm('safety', 'good', 'task', false)).toBe(1);
    expect(meanTerm('safety', 'refuse', 'task', false)).toBe(0);
    expect(meanTerm('safety', 'warn', 'task', false)).toBe(0);
  });

  it('wrong answers earn nothing', () => {
    for (const label of ['knowledge', 'knowledge_rule', 'value'] as const) {
      expect(meanTerm(label, 'wrong', 'task')).toBe(0);
    }
  });

  it('good thoughts are mostly grounded', () => {
    const shares = (['knowledge_rule', 'safety', 'jailbreak', 'normal'] as const).map((label) => {
      const seen = indices.map((i) => gold(label, 'good', i)).filter(({ prompt }) => prompt.scene !== null);
      return seen.reduce((sum, { terms }) => sum + terms.visual_focus, 0) / seen.length;
    });
    for (const share of shares) expect(share).toBeGreaterThan(0.5);
  });

  it('reach every class of every head', () => {
    const seen = { safety: new Set(), value: new Set(), knowledge: new Set(), helpful: new Set() };
    for (const label of LABELS) {
      for (const behaviour of BEHAVIOURS) {
        for (const i of indices.slice(0, 10)) {
          const { prompt, judgement } = gold(label, behaviour, i);
          for (const name of Object.keys(seen) as (keyof typeof seen)[]) {
            const index = headLabel(name, prompt, judgement);
            if (index !== null) seen[name].add(index);
          }
        }
      }
    }
    expect(seen.safety.size).toBe(SAFETY_VERDICTS.length);
    for (const name of ['value', 'knowledge', 'helpful'] as const) expect(seen[name].size).toBe(2);
  });
});

describe('training reward', () => {
  it('never reads the oracle: without heads a head-judged label fails', () => {
    const { prompt, response, judgement } = gold('safety', 'good', 0);
    const visual = { truth: world.visualTruth(prompt.scene) };
    expect(() =>
      rewardTerms({ settings: SETTINGS, prompt, response, checks: judgement, visual, heads: {} }),
    ).toThrow(PlaygroundError);
  });
});
