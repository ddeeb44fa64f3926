// One policy's answer to a prompt: what it thought, what it said, and what the oracle says of it.

import type { ComponentChildren } from 'preact';
import type { AnswerView } from '../../protocol/inspector.ts';
import { type PlacedToken, splitResponse, wordsOf } from '../state/samples/response.ts';
import { judgementWords } from '../state/scores/verdictWords.ts';

type AnswerCardProps = {
  title: string;
  answer: AnswerView;
  harmful: boolean;
  /** How a token is drawn; by default as its word. */
  token?: (token: PlacedToken) => ComponentChildren;
  children?: ComponentChildren;
};

const MARKS = { good: '✓', bad: '✗', middling: '–' } as const;

export function AnswerCard({ title, answer, harmful, token, children }: AnswerCardProps) {
  const { thought, answer: said, opened, closed, ended } = splitResponse(answer.response);
  const words = judgementWords(answer.oracle, harmful);
  const draw = token ?? (({ text }: PlacedToken) => `${text} `);
  const drawn = (part: readonly PlacedToken[]) =>
    wordsOf(part).length > 0 ? wordsOf(part).map(draw) : <em>nothing</em>;
  return (
    <article class={`answer-card rows ${words.tone}`} aria-label={`${title}: ${words.short}`}>
      <h3 class="row apart">
        {title}{' '}
        <span class={`chip ${words.tone === 'middling' ? '' : words.tone}`}>
          <span aria-hidden="true">{MARKS[words.tone]}</span> {words.short}
        </span>
      </h3>
      <p class="thought shaded tokens">
        <span class="part">thinks</span> {drawn(thought)}
        {opened && !closed && <span class="chip bad">never stops thinking</span>}
      </p>
      <p class="said tokens">
        <span class="part">says</span> {drawn(said)}
        {!ended && <span class="chip bad">cut off</span>}
      </p>
      {words.sentence !== '' && <p class="hint">{words.sentence}</p>}
      {children}
    </article>
  );
}
