// Flaws of demonstrations: their shares, by kind and as noise, and that nothing but the demonstrations depends on them.

import { describe, expect, it } from 'vitest';
import { mean } from '../../src/base/numbers.ts';
import { DEFAULTS } from '../../src/config/index.ts';
import { LABELS, type Label } from '../../src/terms/labels.ts';
import { imperfectionOf } from '../../src/training/sft.ts';
import { flawChance, kindOf } from '../../src/world/flaws.ts';
import {
  createWorld,
  EOS,
  encode,
  type Flaw,
  type Imperfection,
  type Prompt,
  VISUAL_WORDS,
} from '../../src/world/index.ts';
import { parsePrompt } from '../../src/world/parse.ts';
import { CONFIG, FLAWLESS, world } from './helpers.ts';

const [END_THINK] = encode('</think>');
const promptsOf = (label: Label, n: number, of = world) =>
  Array.from({ length: n }, (_, i) => of.prompt('train', label, i));
const chanceOf = (prompt: Prompt, shares: Partial<Imperfection>, flaw: Flaw, seed = CONFIG.seed) =>
  flawChance(seed, prompt, parsePrompt(prompt.tokens), { ...FLAWLESS, ...shares })(flaw, 1);
const seenIn = (response: readonly number[]) =>
  response.slice(0, response.indexOf(END_THINK)).filter((token) => VISUAL_WORDS.has(token));

describe('flaws by kind', () => {
  it.each([
    ['harmfulCompliance', 'safety', 0.55],
    ['jailbreakCompliance', 'jailbreak', 0.7],
    ['overRefusal', 'normal', 0.25],
    ['reasoningError', 'knowledge_rule', 0.2],
    ['instructionError', 'instruction', 0.3],
    ['carelessLook', 'knowledge_rule', 0.2],
  ] as const)('keep the share of %s over seeds', (flaw, label, share) => {
    const found = Array.from({ length: 12 }, (_, seed) => {
      const prompts = promptsOf(label, 150, createWorld({ ...CONFIG, seed }));
      return mean(prompts.map((prompt) => chanceOf(prompt, { [flaw]: share, byKind: 1 }, flaw, seed)));
    });
    expect(mean(found)).toBeGreaterThan(share * 0.75);
    expect(mean(found)).toBeLessThan(share * 1.25);
  });

  it('keep also a share smaller than a kind, over all labels', () => {
    const found = Array.from({ length: 12 }, (_, seed) => {
      const own = createWorld({ ...CONFIG, seed });
      return LABELS.flatMap((label) =>
        promptsOf(label, 40, own).map((prompt) =>
          chanceOf(prompt, { formSlip: 0.06, byKind: 1 }, 'formSlip', seed),
        ),
      );
    });
    expect(Math.abs(mean(found.flat()) - 0.06)).toBeLessThan(0.015);
  });

  it('are a rule: prompts of one kind and opening all have a flaw or none of them has', () => {
    const shares = { jailbreakCompliance: 0.7, byKind: 1 };
    const byKind = new Map<string, Set<number>>();
    for (const prompt of promptsOf('jailbreak', 400)) {
      const kind = JSON.stringify(kindOf(prompt, parsePrompt(prompt.tokens)));
      byKind.set(kind, (byKind.get(kind) ?? new Set()).add(chanceOf(prompt, shares, 'jailbreakCompliance')));
    }
    expect([...byKind.values()].every((chances) => chances.size === 1)).toBe(true);
    expect(new Set([...byKind.values()].flatMap((chances) => [...chances]))).toEqual(new Set([0, 1]));
    for (const prompt of promptsOf('jailbreak', 200)) {
      const verdicts = [0, 1, 2].map(
        (draw) => world.judge(prompt, world.demonstration(prompt, { ...FLAWLESS, ...shares }, draw)).verdict,
      );
      expect(new Set(verdicts).size, prompt.id).toBe(1);
    }
  });

  it('leave the rest of a share to noise', () => {
    for (const prompt of promptsOf('jailbreak', 50)) {
      const [rule, mixed, noise] = [1, 0.6, 0].map((byKind) =>
        chanceOf(prompt, { jailbreakCompliance: 0.7, byKind }, 'jailbreakCompliance'),
      );
      expect(noise).toBe(0.7);
      expect(mixed).toBeCloseTo(0.6 * rule + 0.4 * 0.7, 12);
    }
  });

  it('find a kind for every harmful request and instruction, and other kinds for other seeds', () => {
    for (const label of ['safety', 'jailbreak', 'instruction'] as const) {
      for (const prompt of promptsOf(label, 200).filter((each) => each.harmful || label === 'instruction'))
        expect(kindOf(prompt, parsePrompt(prompt.tokens)), prompt.id).not.toBeNull();
    }
    const shares = { harmfulCompliance: 0.5, byKind: 1 };
    const rules = [1, 2, 3].map((seed) =>
      promptsOf('safety', 60)
        .map((prompt) => chanceOf(prompt, shares, 'harmfulCompliance', seed))
        .join(''),
    );
    expect(new Set(rules).size).toBe(3);
  });
});

describe('careless looks', () => {
  const prompts = promptsOf('knowledge_rule', 300).filter(({ scene }) => scene !== null);
  const look = (prompt: Prompt) => {
    const said = new Set(seenIn(world.demonstration(prompt, { ...FLAWLESS, carelessLook: 1 }, 0)));
    const truth = world.visualTruth(prompt.scene);
    const wrong = [...said].some((token) => !truth.has(token));
    return wrong ? 'wrong' : [...truth].every((token) => said.has(token)) ? 'whole' : 'short';
  };

  it('name a thing that is not there, or skip looking, in about equal parts', () => {
    const looks = prompts.map(look);
    const share = (kind: string) => looks.filter((found) => found === kind).length / looks.length;
    expect(share('wrong')).toBeGreaterThan(0.35);
    expect(share('short')).toBeGreaterThan(0.35);
    expect(share('whole')).toBeLessThan(0.2);
  });

  it('answer what they took the picture for, and keep the form', () => {
    const judged = prompts.map((prompt) =>
      world.judge(prompt, world.demonstration(prompt, { ...FLAWLESS, carelessLook: 1 }, 0)),
    );
    expect(judged.every(({ format }) => format)).toBe(true);
    const right = mean(judged.map(({ correct }) => correct ?? 0));
    expect(right).toBeGreaterThan(0.5);
    expect(right).toBeLessThan(0.95);
  });

  it('never take a hazard for something else', () => {
    for (const prompt of promptsOf('safety', 200).filter(({ harmful }) => harmful)) {
      const { verdict } = world.judge(
        prompt,
        world.demonstration(prompt, { ...FLAWLESS, carelessLook: 1 }, 0),
      );
      expect(verdict, prompt.id).toBe('safe_with_warning');
    }
  });
});

describe('slips of form', () => {
  it('leave out the end of the thought or the answer, and nothing else', () => {
    const prompts = LABELS.flatMap((label) => promptsOf(label, 40));
    const kinds = new Set<string>();
    for (const prompt of prompts) {
      const whole = world.demonstration(prompt, FLAWLESS, 0);
      const slip = world.demonstration(prompt, { ...FLAWLESS, formSlip: 1 }, 0);
      expect(world.judge(prompt, slip).format, prompt.id).toBe(false);
      expect(slip.at(-1)).toBe(EOS);
      const end = whole.indexOf(END_THINK);
      const noEnd = whole.filter((token) => token !== END_THINK);
      kinds.add(slip.includes(END_THINK) ? 'no answer' : 'no end');
      expect(slip).toEqual(slip.includes(END_THINK) ? [...whole.slice(0, end + 1), EOS] : noEnd);
    }
    expect(kinds).toEqual(new Set(['no answer', 'no end']));
  });

  it('are as frequent as set', () => {
    const shares = { ...FLAWLESS, formSlip: 0.1 };
    const slips = promptsOf('instruction', 1000).map((prompt) =>
      Number(!world.judge(prompt, world.demonstration(prompt, shares, 0)).format),
    );
    expect(Math.abs(mean(slips) - 0.1)).toBeLessThan(0.03);
  });
});

it('the default settings have none of the three', () => {
  expect(imperfectionOf(DEFAULTS)).toMatchObject({ carelessLook: 0, formSlip: 0, byKind: 0 });
});

it('truth, prompts and judgements read none of them', () => {
  const [prompt] = promptsOf('knowledge_rule', 1);
  const all = { ...FLAWLESS, reasoningError: 1, carelessLook: 1, formSlip: 1, byKind: 1 };
  const before = JSON.stringify([prompt, world.judge(prompt, world.demonstration(prompt, FLAWLESS, 0))]);
  for (let draw = 0; draw < 20; draw++) world.demonstration(prompt, all, draw);
  const after = JSON.stringify([prompt, world.judge(prompt, world.demonstration(prompt, FLAWLESS, 0))]);
  expect(after).toBe(before);
  expect(JSON.stringify(createWorld(CONFIG).prompt('train', 'knowledge_rule', 0))).toBe(
    JSON.stringify(prompt),
  );
});
