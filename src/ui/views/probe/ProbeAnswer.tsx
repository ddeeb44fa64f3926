// One stage's answer: tokens to choose, where the chosen one looks, heads, rewards, and all numbers in a table.

import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { formatNumber, formatPercent } from '../../../base/format.ts';
import type { AnswerView, PromptView } from '../../../protocol/inspector.ts';
import { AnswerCard } from '../../parts/AnswerCard.tsx';
import { Button } from '../../parts/Button.tsx';
import { SceneImage } from '../../parts/SceneImage.tsx';
import { Terms } from '../../parts/Terms.tsx';
import { probabilityLevel } from '../../state/samples/heat.ts';
import { movedToken, shownTokens } from '../../state/samples/response.ts';
import { AttentionPicture } from './AttentionPicture.tsx';
import { lookOf, lookWords, mostLooking } from './attention.ts';
import { HeadBars } from './HeadBars.tsx';
import type { Probe } from './probe.ts';
import { sceneWords } from './sceneEdit.ts';
import type { ProbeStage } from './sources.ts';
import { TokenTable } from './TokenTable.tsx';
import { WhatIf } from './WhatIf.tsx';

type ProbeAnswerProps = {
  probe: Probe;
  stage: ProbeStage;
  answer: AnswerView;
  prompt: PromptView;
  hasEyes: boolean;
};

export function ProbeAnswer({ probe, stage, answer, prompt, hasEyes }: ProbeAnswerProps) {
  const title = `After ${stage.title}`;
  const shown = shownTokens(answer.response);
  const chosen = useSignal<number | null>(mostLooking(answer.attention, shown));
  const hovered = useSignal<number | null>(null);
  const tokens = useRef<HTMLDivElement>(null);
  const token = hovered.value ?? chosen.value;

  const onKeyDown = (event: KeyboardEvent): void => {
    if (!(event.target as HTMLElement).matches('.token')) return;
    const next = movedToken(shown, chosen.value, event.key);
    if (next === null) return;
    event.preventDefault();
    chosen.value = next;
    tokens.current?.querySelector<HTMLElement>(`[data-token="${next}"]`)?.focus();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the buttons in it
    <div ref={tokens} class="probe-answer" onKeyDown={onKeyDown}>
      <AnswerCard
        title={title}
        answer={answer}
        harmful={prompt.harmful}
        token={({ text, index }) => (
          <Button
            label={text}
            key={index}
            class={`token tok ${probabilityLevel(answer.logProbs[index] ?? 0).name}`}
            data-token={index}
            tabIndex={index === chosen.value ? 0 : -1}
            aria-pressed={index === chosen.value}
            title={numbersOf(answer.logProbs[index])}
            onClick={() => (chosen.value = index)}
            onMouseEnter={() => (hovered.value = index)}
            onMouseLeave={() => (hovered.value = null)}
          />
        )}
      >
        {!answer.oracle.format && (
          <p>
            <span class="chip bad">✗ form not kept</span>{' '}
            <span class="hint">It must think, close the thought, answer and stop.</span>
          </p>
        )}
        <Looking answer={answer} prompt={prompt} token={token} hasEyes={hasEyes} />
        <HeadBars heads={answer.heads} />
        {answer.terms.total === undefined ? (
          <p class="hint">This run has no reward heads yet, so there is no reward to show.</p>
        ) : (
          <Terms terms={answer.terms} totalName="total reward" prompt={prompt} />
        )}
        <WhatIf probe={probe} stage={stage} prompt={prompt} answer={answer} />
        <details>
          <summary>Table of all tokens</summary>
          <TokenTable title={title} answer={answer} scene={hasEyes ? prompt.scene : null} />
        </details>
      </AnswerCard>
    </div>
  );
}

function numbersOf(logProb: number | undefined): string | undefined {
  return logProb === undefined
    ? undefined
    : `log-prob ${formatNumber(logProb)}, probability ${formatPercent(Math.exp(logProb))}`;
}

type LookingProps = Pick<ProbeAnswerProps, 'answer' | 'prompt' | 'hasEyes'> & { token: number | null };

/** The chosen token: its numbers, and where it looks. */
function Looking({ answer, prompt, token, hasEyes }: LookingProps) {
  const { scene, image } = prompt;
  const { attention } = answer;
  const look = token !== null && attention && scene ? lookOf(attention, token, scene.gridSize) : null;
  const logProb = token === null ? undefined : answer.logProbs[token];
  return (
    <div class="looking row top">
      {image && scene && attention && look && token !== null ? (
        <AttentionPicture picture={image} scene={scene} attention={attention} token={token} look={look} />
      ) : (
        image && scene && <SceneImage image={image} label={`The picture: ${sceneWords(scene)}`} />
      )}
      <p class="hint" aria-live="polite">
        {token !== null && logProb !== undefined && (
          <>
            “<b class="tokens">{answer.response[token]}</b>”: {numbersOf(logProb)}.{' '}
          </>
        )}
        {look && scene && lookWords(look, scene)}
        {scene && !hasEyes && 'This model has no eyes: it is given the picture in words.'}
        {!scene && 'This prompt has no picture.'}
      </p>
    </div>
  );
}
