// Splitting of responses and the format term.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitResponse } from '../../src/rewards/index.ts';
import { END_THINK, EOS, encode, SPECIAL_TOKENS, THINK, VOCABULARY } from '../../src/world/vocabulary.ts';

const format = (text: string) => Number(splitResponse(encode(text)).formatted);

describe('splitResponse', () => {
  it('gives thought and answer without their markers', () => {
    const parts = splitResponse(encode('<think> red circle </think> sure <eos>'));
    expect(parts).toEqual({
      thought: encode('red circle'),
      answer: encode('sure'),
      ended: true,
      formatted: true,
    });
  });

  it('takes a response that closes no thought as an answer, marker or not', () => {
    expect(splitResponse(encode('sure one <eos>'))).toMatchObject({
      thought: [],
      answer: encode('sure one'),
    });
    expect(splitResponse(encode('<think> red one'))).toMatchObject({
      thought: [],
      answer: encode('red one'),
    });
  });

  it('ignores what follows the first <eos>', () => {
    expect(splitResponse(encode('<think> red </think> one <eos> <pad> two')).answer).toEqual(encode('one'));
  });

  const anyToken = fc.nat(VOCABULARY.length - 1);
  it('never loses or invents tokens, and never throws', () => {
    fc.assert(
      fc.property(fc.array(anyToken, { maxLength: 12 }), (response) => {
        const { thought, answer } = splitResponse(response);
        expect(thought.length + answer.length).toBeLessThanOrEqual(response.length);
        for (const token of [...thought, ...answer]) expect(response).toContain(token);
      }),
    );
  });

  const word = anyToken.filter((token) => !SPECIAL_TOKENS.has(token));
  it('holds the format for every pair of non-empty word lists, and for no cut of it', () => {
    const words = fc.array(word, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(words, words, (thought, answer) => {
        const response = [THINK, ...thought, END_THINK, ...answer, EOS];
        expect(splitResponse(response)).toEqual({ thought, answer, ended: true, formatted: true });
        for (let length = 0; length < response.length; length++) {
          expect(splitResponse(response.slice(0, length)).formatted).toBe(false);
        }
      }),
    );
  });
});

describe('format term', () => {
  it.each([
    ['<think> red </think> one <eos>', 1],
    ['<think> </think> one <eos>', 0],
    ['<think> red </think> <eos>', 0],
    ['<think> red </think> one', 0],
    ['red </think> one <eos>', 0],
    ['<think> red one <eos>', 0],
    ['one <think> red </think> one <eos>', 0],
    ['<think> <think> red </think> one <eos>', 0],
    ['<think> red </think> </think> one <eos>', 0],
    ['<think> <pad> </think> one <eos>', 0],
    ['<eos>', 0],
    ['', 0],
  ])('%s gives %d', (text, score) => expect(format(text)).toBe(score));
});
