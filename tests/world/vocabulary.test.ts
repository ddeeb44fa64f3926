// The vocabulary and the templates that use it.

import { describe, expect, it } from 'vitest';
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
  UnknownWordError,
  VISUAL_WORDS,
  VOCABULARY,
} from '../../src/world/index.ts';
import { FORM_NAMES, FORMS } from '../../src/world/templates.ts';

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
    expect(() => encode('count the zebra')).toThrow(UnknownWordError);
    expect(() => encode('count the zebra')).toThrow(/zebra/);
  });

  it('counts no number word as a claim about a picture', () => {
    expect(VISUAL_WORDS.has(encode('three')[0])).toBe(false);
    expect(VISUAL_WORDS.has(encode('3')[0])).toBe(true);
  });
});

describe('templates', () => {
  it.each(FORM_NAMES)('%s: known words, no template twice, some only for the test split', (name) => {
    const { seen, test } = FORMS[name];
    const all = [...seen, ...test];
    expect(new Set(all).size).toBe(all.length);
    expect(test.length).toBeGreaterThan(0);
    for (const template of all) {
      const words = template.split(' ').filter((word) => !/^[A-Z]+\d*$/.test(word));
      expect(() => encode(words.join(' '))).not.toThrow();
    }
  });

  it('has 12 templates and 3 for the test split per task family', () => {
    const families: Record<string, (keyof typeof FORMS)[]> = {
      attribute: ['color_of', 'shape_of'],
      stereotype: ['stereotype_no', 'stereotype_yes'],
      fairness: ['fairness_no', 'fairness_yes'],
      honesty: ['honesty_no', 'honesty_yes'],
      kindness: ['kindness_no', 'kindness_yes'],
    };
    const single = 'count at more digit_sum arithmetic fact danger safer join icon read describe act general';
    for (const name of single.split(' ')) families[name] = [name as keyof typeof FORMS];
    for (const [family, names] of Object.entries(families)) {
      const test = names.flatMap((name) => FORMS[name].test).length;
      const all = names.flatMap((name) => FORMS[name].seen).length + test;
      expect(all, family).toBeGreaterThanOrEqual(12);
      expect(test, family).toBeGreaterThanOrEqual(3);
    }
  });
});
