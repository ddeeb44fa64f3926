// Prompts: determinism, splits, balance, attacks, lengths, and the parse against the generator's truth.

import { describe, expect, it } from 'vitest';
import { PlaygroundError } from '../../src/base/errors.ts';
import { findSetting } from '../../src/config/index.ts';
import { LABELS } from '../../src/terms/labels.ts';
import { SUITES, suitesOf } from '../../src/terms/suites.ts';
import { kindOf } from '../../src/world/flaws.ts';
import {
  createWorld,
  HELD_OUT_ATTACKS,
  type Prompt,
  parsePrompt,
  SEEN_ATTACKS,
  SPLITS,
  type Split,
  type WorldConfig,
  wordOf,
} from '../../src/world/index.ts';
import { SPLIT_VERBS } from '../../src/world/lexicon.ts';
import { tasksOf } from '../../src/world/parse.ts';
import { harmOf } from '../../src/world/requests.ts';
import { CONFIG, contentOf, FLAWLESS, promptsOfAllSplits, promptsOfAllSuites, world } from './helpers.ts';

const prompts = promptsOfAllSplits(80);
const suites = promptsOfAllSuites(60);

describe('determinism', () => {
  it('gives the same world for the same seed and another for another', () => {
    const again = createWorld(CONFIG);
    const other = createWorld({ ...CONFIG, seed: 12 });
    for (const label of LABELS) {
      const of = (w: typeof world) => Array.from({ length: 20 }, (_, i) => w.prompt('train', label, i));
      expect(of(again)).toEqual(of(world));
      expect(of(other)).not.toEqual(of(world));
    }
  });

  it('finds every prompt by its id', () => {
    for (const prompt of [...prompts, ...suites].filter((_, i) => i % 23 === 0)) {
      expect(world.promptById(prompt.id)).toEqual(prompt);
    }
    for (const id of ['', 'train:safety', 'train:nothing:1', 'suite:safety:-1', 'suite:safety:1.5']) {
      expect(() => world.promptById(id)).toThrow(PlaygroundError);
    }
  });

  it('is plain data', () => {
    for (const prompt of prompts.slice(0, 50)) expect(JSON.parse(JSON.stringify(prompt))).toEqual(prompt);
  });
});

describe('splits', () => {
  it('share no text and picture', () => {
    const splitOf = new Map<string, string>();
    for (const prompt of [...prompts, ...suites]) {
      const known = splitOf.get(contentOf(prompt));
      if (known) expect(prompt.split).toBe(known);
      splitOf.set(contentOf(prompt), prompt.split);
    }
    expect(suites.every((prompt) => prompt.split === 'test')).toBe(true);
  });

  it('has every family in every split', () => {
    const families = (split: string) =>
      new Set(prompts.filter((p) => p.split === split).map((p) => `${p.label}/${p.family}`));
    for (const split of SPLITS) expect([...families(split)].sort()).toEqual([...families('train')].sort());
  });
});

describe('harm', () => {
  it('is what the parse of words and picture says, too', () => {
    for (const prompt of [...prompts, ...suites]) {
      expect([...tasksOf(prompt.tokens)].length, prompt.id).toBe(1);
      const { source } = harmOf(parsePrompt(prompt.tokens), prompt.scene);
      expect(source, prompt.id).toBe(prompt.harmSource);
      expect(prompt.harmful).toBe(source !== 'none');
    }
  });

  it('is balanced in safety, certain in jailbreak, absent elsewhere', () => {
    for (const label of LABELS) {
      const of = prompts.filter((prompt) => prompt.label === label);
      const share = of.filter((prompt) => prompt.harmful).length / of.length;
      if (label === 'safety') expect(Math.abs(share - 0.65)).toBeLessThan(0.07);
      else expect(share).toBe(label === 'jailbreak' ? 1 : 0);
    }
  });
});

describe('attacks', () => {
  it('are held out where they should be', () => {
    expect(HELD_OUT_ATTACKS.length).toBeGreaterThanOrEqual(3);
    const of = (name: 'jailbreak-seen' | 'jailbreak-heldout') =>
      new Set(world.suite(name, 120).map((prompt) => prompt.attack));
    expect([...of('jailbreak-heldout')].sort()).toEqual([...HELD_OUT_ATTACKS].sort());
    expect([...of('jailbreak-seen')].sort()).toEqual([...SEEN_ATTACKS].sort());
    for (const prompt of prompts) {
      expect(prompt.attack === null).toBe(prompt.label !== 'jailbreak');
      expect(HELD_OUT_ATTACKS).not.toContain(prompt.attack);
    }
  });
});

describe('frames of held-out attacks', () => {
  const framedOf = (heldOutFrames?: boolean) => {
    const { prompt } = createWorld({ ...CONFIG, heldOutFrames });
    return Array.from({ length: 2000 }, (_, i) => prompt('train', 'normal', i)).filter(
      ({ family }) => family === 'framed',
    );
  };
  const halves = Object.values(SPLIT_VERBS).map((parts) => parts.join(' '));
  const marks = {
    role_play: /\b(pretend|play|role)\b/,
    authority: /\bboss\b/,
    split_word: new RegExp(`\\b(${halves.join('|')})\\b`),
  };
  const found = (prompts: Prompt[]) => {
    const texts = prompts.map(({ tokens }) => tokens.map(wordOf).join(' '));
    return Object.values(marks).map((mark) => texts.filter((text) => mark.test(text)).length);
  };

  it('have marks in every prompt of their attack', () => {
    const heldOut = world.suite('jailbreak-heldout', 60);
    for (const [name, mark] of Object.entries(marks)) {
      const texts = heldOut
        .filter(({ attack }) => attack === name)
        .map((p) => p.tokens.map(wordOf).join(' '));
      expect(texts.length, name).toBeGreaterThan(5);
      expect(
        texts.filter((text) => !mark.test(text)),
        name,
      ).toEqual([]);
    }
  });

  it('stand around harmless requests, unless the world is told to leave them out', () => {
    const all = framedOf();
    for (const count of found(all)) expect(count).toBeGreaterThan(5);
    expect(framedOf(true)).toEqual(all);
    const known = framedOf(false);
    expect(known.length).toBeGreaterThan(100);
    expect(found(known)).toEqual([0, 0, 0]);
  });

  it('change no suite', () => {
    const without = createWorld({ ...CONFIG, heldOutFrames: false });
    for (const suite of SUITES) expect(without.suite(suite, 20), suite).toEqual(world.suite(suite, 20));
  });
});

describe('attacks in training', () => {
  const attacksOf = (config: Partial<WorldConfig>, split: Split = 'train', n = 400) => {
    const { prompt } = createWorld({ ...CONFIG, ...config });
    return Array.from({ length: n }, (_, i) => prompt(split, 'jailbreak', i));
  };
  const names = (prompts: readonly Prompt[]) => new Set(prompts.map(({ attack }) => attack));

  it.each([1, 2, 4, 8])('of %d families are those of the first known ones', (attackFamilies) => {
    for (const split of ['train', 'heads'] as const) {
      const drawn = names(attacksOf({ attackFamilies }, split));
      expect([...drawn].sort()).toEqual(SEEN_ATTACKS.slice(0, attackFamilies).toSorted());
    }
    expect([...names(attacksOf({ attackFamilies }, 'heads_holdout'))].sort()).toEqual(
      [...SEEN_ATTACKS].sort(),
    );
  });

  it('are as before with all families, none of them composed', () => {
    const all = { attackFamilies: SEEN_ATTACKS.length, attackCompose: 0 };
    expect(attacksOf(all)).toEqual(attacksOf({}));
    expect(findSetting('attack_families')).toMatchObject({
      default: SEEN_ATTACKS.length,
      max: SEEN_ATTACKS.length,
    });
    expect(findSetting('attack_families')?.help).toContain(
      SEEN_ATTACKS.map((name) => `\`${name}\``).join(', '),
    );
  });

  it('leave frames of other families around harmless requests to the setting of held-out ones', () => {
    const framed = (heldOutFrames: boolean) => {
      const { prompt } = createWorld({ ...CONFIG, heldOutFrames, attackFamilies: 1 });
      return Array.from({ length: 2000 }, (_, i) => prompt('train', 'normal', i))
        .filter(({ family }) => family === 'framed')
        .map(({ tokens }) => parsePrompt(tokens).request?.attack);
    };
    expect(new Set(framed(false))).toEqual(new Set(['prefix_injection']));
    expect(new Set(framed(true)).size).toBeGreaterThan(5);
  });

  it('are composed in a share, with the truth of their parts', () => {
    const drawn = attacksOf({ attackCompose: 0.4 }, 'train', 1000);
    const composed = drawn.filter(({ attack }) => attack?.includes('+'));
    expect(Math.abs(composed.length / drawn.length - 0.4)).toBeLessThan(0.06);
    expect(names(composed).size).toBe(5 * 3);
    for (const prompt of composed) {
      const [task, ...others] = tasksOf(prompt.tokens);
      expect(others, prompt.id).toEqual([]);
      expect(harmOf(task, prompt.scene).source).toBe(prompt.harmSource);
      expect(prompt.harmful).toBe(true);
      expect(prompt.split).toBe('train');
      const [frame, change] = prompt.attack?.split('+') ?? [];
      for (const name of [frame, change]) expect(SEEN_ATTACKS).toContain(name);
      expect(task.request?.attack).toBe(frame);
      expect(prompt.family).toBe(`${frame}_${change}`);
      const verdict = (behaviour: 'comply' | 'good') =>
        world.judge(prompt, world.scripted(prompt, behaviour, 0)).verdict;
      expect([verdict('comply'), verdict('good')]).toEqual(['unsafe', 'safe_with_warning']);
      expect(kindOf(prompt, task)).toMatchObject({ group: 'attack', kind: frame });
      const kept = { ...FLAWLESS, jailbreakCompliance: 1 };
      expect(world.judge(prompt, world.demonstration(prompt, kept, 0)).verdict).toBe('unsafe');
    }
  });

  it('are composed of what is trained on alone, and in training alone', () => {
    const few = attacksOf({ attackFamilies: 2, attackCompose: 1 });
    expect(names(few)).toEqual(new Set(['prefix_injection+typographic']));
    expect(names(attacksOf({ attackFamilies: 1, attackCompose: 1 }))).toEqual(new Set(['prefix_injection']));
    for (const split of ['heads_holdout', 'validation', 'test'] as const)
      expect(attacksOf({ attackCompose: 1 }, split, 60)).toEqual(attacksOf({}, split, 60));
    expect(names(attacksOf({ attackCompose: 1 }, 'heads')).size).toBe(15);
  });

  it('change no suite', () => {
    const changed = createWorld({ ...CONFIG, attackFamilies: 2, attackCompose: 0.5 });
    for (const suite of suitesOf({ eval_attacker: 1 }))
      expect(changed.suite(suite, 20), suite).toEqual(world.suite(suite, 20));
  });
});

describe('suites', () => {
  it('situational has adjacent twins: same text, one harmful', () => {
    const twins = world.suite('situational', 40);
    for (let i = 0; i < twins.length; i += 2) {
      expect(twins[i].tokens).toEqual(twins[i + 1].tokens);
      expect(twins[i].scene).not.toEqual(twins[i + 1].scene);
      expect([twins[i].harmful, twins[i + 1].harmful]).toEqual([true, false]);
      expect([twins[i].twin, twins[i + 1].twin]).toEqual([twins[i + 1].id, twins[i].id]);
    }
  });

  it('have the prompts they are named for', () => {
    for (const suite of SUITES) {
      const harmful = world.suite(suite, 60).filter((prompt) => prompt.harmful).length;
      const all = ['safety', 'composition', 'jailbreak-seen', 'jailbreak-heldout'].includes(suite);
      expect(harmful, suite).toBe(suite === 'situational' ? 30 : all ? 60 : 0);
    }
    expect(world.suite('composition', 30).every((prompt) => prompt.harmSource === 'joint')).toBe(true);
    expect(world.suite('reasoning-large', 30).every((prompt) => prompt.scene?.gridSize === 4)).toBe(true);
  });
});

describe('lengths', () => {
  it('stay within 22 tokens for prompts, 32 for demonstrations, 30 for descriptions', () => {
    for (const prompt of [...prompts, ...suites]) {
      expect(prompt.tokens.length).toBeLessThanOrEqual(22);
      expect(world.scripted(prompt, 'good', 0).length, prompt.id).toBeLessThanOrEqual(32);
      if (prompt.family !== 'large' && prompt.scene?.gridSize !== 4) {
        expect(world.describe(prompt.scene).length).toBeLessThanOrEqual(30);
      }
    }
  });
});

describe('suites without repeats', () => {
  it.each(SUITES)('%s: new prompts alone, in the order of the suite', (suite) => {
    const [all, distinct] = [world.suite(suite, 400), world.distinctSuite(suite, 200)];
    expect(new Set(distinct.map(contentOf)).size).toBe(200);
    const known = new Map(all.map((prompt) => [prompt.id, prompt]));
    for (const prompt of distinct.slice(0, 60)) expect(prompt).toEqual(known.get(prompt.id));
    expect(distinct[0]).toEqual(all[0]);
    expect(world.distinctSuite(suite, 20)).toEqual(distinct.slice(0, 20));
  });

  it('keeps twins together, and has no held-out attacks for tuning', () => {
    const twins = world.distinctSuite('situational', 100);
    twins.forEach((prompt, i) => {
      expect(prompt.twin).toBe(twins[i % 2 === 0 ? i + 1 : i - 1]?.id);
    });
    expect(world.distinctSuite('jailbreak-heldout', 10, 'validation')).toEqual([]);
  });

  it('ends where a suite has no new prompts: `value` alone has fewer than 2,000', () => {
    const value = world.distinctSuite('value', 2000);
    expect(value.length).toBeGreaterThan(500);
    expect(value.length).toBeLessThan(2000);
    expect(world.distinctSuite('knowledge', 2000)).toHaveLength(2000);
    expect(world.distinctSuite('jailbreak-heldout', 2000)).toHaveLength(2000);
  });
});
