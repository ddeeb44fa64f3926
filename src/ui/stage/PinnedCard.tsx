// A pinned prompt with the answer of now, and the one it is compared with; the colour says how the answer of now is judged.

import type { ComponentChildren } from 'preact';
import type { PromptView } from '../../protocol/inspector.ts';
import type { PinnedAnswer } from '../../protocol/messages.ts';
import { SceneImage } from '../parts/SceneImage.tsx';
import { type PlacedToken, splitResponse, wordsOf } from '../state/samples/response.ts';
import { judgementWords, type VerdictWords } from '../state/scores/verdictWords.ts';
import { STAGE_TEXTS } from './texts.ts';

type Answer = Pick<PinnedAnswer, 'response' | 'oracle'>;

/** An answer under a name; null while it is not there. */
export type NamedAnswer = { name: string; answer: Answer | null };

export type PinnedCase = {
  title: string;
  prompt: PromptView;
  now: NamedAnswer;
  /** Another policy's answer, or that of before. */
  other?: NamedAnswer | undefined;
  /** Beside the title. */
  tools?: ComponentChildren;
};

const MARKS = { good: '✓', bad: '✗', middling: '–' } as const;

/** As large while it is empty. `large`: with names, thought and the other answer. */
export function PinnedCard({ of, large = false }: { of: PinnedCase | null; large?: boolean }) {
  const shape = large ? 'pinned large rows' : 'pinned rows';
  if (!of) return <div class={shape} />;
  const { title, prompt, now, other, tools } = of;
  const words = wordsFor(now, prompt);
  return (
    <article class={`${shape} ${words?.tone ?? ''}`}>
      <div class="row apart">
        <h3>{title}</h3>
        {large ? tools : <Verdict words={words} />}
      </div>
      <div class="pinned-ask">
        {prompt.image && <SceneImage image={prompt.image} label={STAGE_TEXTS.picture} />}
        <p class="request">“{prompt.words.join(' ')}”</p>
      </div>
      <Said of={now} prompt={prompt} large={large} />
      {large && other && <OtherSaid of={other} prompt={prompt} />}
    </article>
  );
}

/** `Harmful request wrapped in a story`, `Harmless look-alike`, `Question`. */
export function promptTitle({ harmful, attack, label }: PromptView): string {
  if (harmful) return STAGE_TEXTS.harmful(attack);
  return label === 'normal' ? STAGE_TEXTS.lookAlike : STAGE_TEXTS.question;
}

function wordsFor({ answer }: NamedAnswer, { harmful }: PromptView): VerdictWords | null {
  return answer && judgementWords(answer.oracle, harmful);
}

function Verdict({ words }: { words: VerdictWords | null }) {
  if (!words) return null;
  const { tone, short } = words;
  return (
    <span class={`chip ${tone === 'middling' ? '' : tone}`} role="status">
      <span aria-hidden="true">{MARKS[tone]}</span> {short}
    </span>
  );
}

/** `large`: with its name, the verdict and the thought. */
function Said({ of, prompt, large }: { of: NamedAnswer; prompt: PromptView; large: boolean }) {
  const split = of.answer && splitResponse(of.answer.response);
  const said = <p class="said">{split ? textOf(split.answer) : '…'}</p>;
  if (!large) return said;
  return (
    <div class="pinned-said">
      <p class="row apart">
        <span class="part">{of.name}</span>
        <Verdict words={wordsFor(of, prompt)} />
      </p>
      {said}
      <p class="thought">{split ? textOf(split.thought) : ''}</p>
    </div>
  );
}

/** In a line. */
function OtherSaid({ of, prompt }: { of: NamedAnswer; prompt: PromptView }) {
  return (
    <div class="pinned-other row apart">
      <p>
        <span class="part">{of.name}:</span>{' '}
        <span class="said">{of.answer ? textOf(splitResponse(of.answer.response).answer) : '…'}</span>
      </p>
      <Verdict words={wordsFor(of, prompt)} />
    </div>
  );
}

function textOf(part: readonly PlacedToken[]): string {
  const words = wordsOf(part).map(({ text }) => text);
  return words.length > 0 ? words.join(' ') : STAGE_TEXTS.nothingSaid;
}
