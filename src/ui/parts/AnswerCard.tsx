// One policy's answer to a prompt: what it thought, what it said, and what the oracle says of it.

import type { ComponentChildren } from 'preact';
import type { AnswerView } from '../../protocol/inspector.ts';
import { splitResponse, type Token } from '../state/samples/response.ts';
import { judgementWords } from '../state/scores/verdictWords.ts';

type AnswerCardProps = {
  title: string;
  answer: AnswerView;
  harmful: boolean;
  /** How a token is drawn; by default as its word. */
  token?: (token: Token, index: number) => ComponentChildren;
  children?: ComponentChildren;
};

const MARKS = { good: '✓', bad: '✗', middling: '–' } as const;

export function AnswerCard({ title, answer, harmful, token, children }: AnswerCardProps) {
  const { thought, answer: said, opened, closed, ended } = splitResponse(answer.response, answer.logProbs);
  const words = judgementWords(answer.oracle, harmful);
  // Where the parts begin in the whole response: attention and log-probs are counted there.
  const thoughtAt = opened ? 1 : 0;
  const answerAt = thoughtAt + thought.length + (closed ? 1 : 0);
  const draw = token ?? (({ text }: Token) => `${text} `);
  return (
    <article class={`answer-card rows ${words.tone}`} aria-label={`${title}: ${words.short}`}>
      <h3 class="row apart">
        {title}{' '}
        <span class={`chip ${words.tone === 'middling' ? '' : words.tone}`}>
          <span aria-hidden="true">{MARKS[words.tone]}</span> {words.short}
        </span>
      </h3>
      <p class="thought shaded tokens">
        <span class="part">thinks</span>{' '}
        {thought.length > 0 ? thought.map((each, i) => draw(each, thoughtAt + i)) : <em>nothing</em>}
        {opened && !closed && <span class="chip bad">never stops thinking</span>}
      </p>
      <p class="said tokens">
        <span class="part">says</span>{' '}
        {said.length > 0 ? said.map((each, i) => draw(each, answerAt + i)) : <em>nothing</em>}
        {!ended && <span class="chip bad">cut off</span>}
      </p>
      {words.sentence !== '' && <p class="hint">{words.sentence}</p>}
      {children}
    </article>
  );
}
