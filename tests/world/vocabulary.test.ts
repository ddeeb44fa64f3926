// The vocabulary and the templates that use it.

import { describe, expect, it } from 'vitest';
import { PlaygroundError } from '../../src/base/errors.ts';
import { TASK_FAMILIES } from '../../src/world/families/table.ts';
import {
  BOS,
  decode,
  END_THINK,
  EOS,
  encode,
  IMG,
  PAD,
  SEP,
  THINK,
  VISUAL_WORDS,
  VOCABULARY,
} from '../../src/world/index.ts';
import { FORMS } from '../../src/world/parse.ts';

describe('vocabulary', () => {
  it('has at most 256 different words', () => {
    expect(VOCABULARY.length).toBeLessThanOrEqual(256);
    expect(new Set(VOCABULARY).size).toBe(VOCABULARY.length);
  });

  it('gives the specials their ids', () => {
    expect(decode([PAD, BOS, EOS, IMG, THINK, END_THINK, SEP])).toBe(
      '<pad> <bos> <eos> <img> <think> </think> <sep>',
    );
  });

  it('encodes and decodes, and names an unknown word', () => {
    expect(decode(encode('count the red star'))).toBe('count the red star');
    expect(() => encode('count the zebra')).toThrow(PlaygroundError);
    expect(() => encode('count the zebra')).toThrow(/zebra/);
  });

  it('counts no number word as a claim about a picture', () => {
    expect(VISUAL_WORDS.has(encode('three')[0])).toBe(false);
    expect(VISUAL_WORDS.has(encode('3')[0])).toBe(true);
  });
});

describe('templates', () => {
  it.each(FORMS)('%s: known words, no template twice, some only for the test split', (_name, form) => {
    const { seen, test } = form;
    const all = [...seen, ...test];
    expect(new Set(all).size).toBe(all.length);
    expect(test.length).toBeGreaterThan(0);
    for (const template of all) {
      const words = template.split(' ').filter((word) => !/^[A-Z]+\d*$/.test(word));
      expect(() => encode(words.join(' '))).not.toThrow();
    }
  });

  it('has 12 templates and 3 for the test split per family, but for attacks and instructions', () => {
    const rich = TASK_FAMILIES.filter(({ forms, label }) => forms && !/jailbreak|instruction/.test(label));
    expect(rich.length).toBeGreaterThan(15);
    for (const { name, forms = {} } of rich) {
      const all = Object.values(forms);
      const count = (of: 'seen' | 'test') => all.flatMap((form) => form[of]).length;
      expect(count('seen') + count('test'), name).toBeGreaterThanOrEqual(12);
      expect(count('test'), name).toBeGreaterThanOrEqual(3);
    }
  });
});

describe('the table of families', () => {
  it('gives no name twice: of families, of forms, of parts', () => {
    const names = [
      TASK_FAMILIES.map(({ name }) => name),
      FORMS.map(([name]) => name),
      TASK_FAMILIES.flatMap(({ parts = {} }) => Object.keys(parts)),
    ];
    for (const list of names) expect([...new Set(list)]).toEqual(list);
  });
});
