// One response of a group: thought, answer, reward terms, verdicts, advantage, and what a recipe on trial makes of it.

import { type Signal, useSignal } from '@preact/signals';
import { formatNumber, formatPercent, formatSigned, formatWord } from '../../../base/format.ts';
import type { SampleView } from '../../../protocol/messages.ts';
import { Terms } from '../../parts/Terms.tsx';
import { HEAT_TITLES } from '../../state/samples/heat.ts';
import { type PlacedToken, splitResponse, wordsOf } from '../../state/samples/response.ts';
import type { ShownGroup } from './shownGroup.ts';
import { type ShownHeat, TokenList } from './TokenList.tsx';

/** What the recipe on trial gives to a response. */
export type TrialScore = { total: number; advantage: number | null; wins: boolean };

type SampleCardProps = {
  number: number;
  sample: ShownGroup['samples'][number];
  /** It has the largest total. */
  best: boolean;
  heat: ShownHeat;
  /** The token that the loss is explained at. */
  chosen: number | null;
  onChoose: (index: number) => void;
  trial: TrialScore | null;
  prompt: Pick<ShownGroup, 'label' | 'image'>;
};

export function SampleCard(props: SampleCardProps) {
  const { number, sample, best, heat: shown, chosen, onChoose, trial, prompt } = props;
  const { heat } = shown;
  const wins = best && sample.advantage > 0;
  const note = useSignal('');
  const { thought, answer, opened, closed, ended } = splitResponse(sample.response);
  const sign = sample.advantage > 0 ? 'plus' : sample.advantage < 0 ? 'minus' : 'zero';
  const part = (name: string, tokens: readonly PlacedToken[], none: string) => {
    if (heat !== 'none' && tokens.length > 0) {
      const label = `Tokens of the ${name} of response ${number}, shaded by ${HEAT_TITLES[heat]}`;
      return <TokenList {...{ tokens, shown, note, label, chosen, onChoose }} numbers={sample} />;
    }
    const words = wordsOf(tokens).map(({ text }) => text);
    return words.length > 0 ? <span class="tokens">{words.join(' ')}</span> : <em class="hint">{none}</em>;
  };
  return (
    <li class={`sample rows ${sign}`}>
      <div class="sample-head row apart">
        <strong>
          #{number}
          {wins && <span class="chip good">★ won</span>}
          {best && !wins && <span class="chip">best, not trained on</span>}
        </strong>
        <span class={`advantage figures small ${sign}`}>advantage {formatSigned(sample.advantage)}</span>
      </div>
      <div class="thought shaded">
        <span class="part">thought</span> {part('thought', thought, opened ? 'empty' : 'missing')}
        {!closed && opened && <span class="chip bad">not closed</span>}
      </div>
      <div class="answer">
        <span class="part">answer</span> {part('answer', answer, 'none')}
        {!ended && <span class="chip bad">cut off</span>}
      </div>
      {heat !== 'none' && <TokenNote note={note} />}
      <Terms terms={sample.terms} prompt={prompt} />
      <Verdicts sample={sample} />
      {trial && <Trial trial={trial} sample={sample} wins={best} />}
    </li>
  );
}

function TokenNote({ note }: { note: Signal<string> }) {
  return (
    <p class="token-note hint figures">
      {note.value === '' ? 'Point at a token, or move over them with the arrow keys.' : note.value}
    </p>
  );
}

function Verdicts({ sample }: { sample: SampleView }) {
  const { verdict, oracleVerdict } = sample;
  if (verdict === null || verdict === 'not stored') {
    return (
      <p class="verdicts small">
        {verdict === null ? 'no head applies' : 'head: not stored'} · oracle:{' '}
        <b>{formatWord(oracleVerdict)}</b>
      </p>
    );
  }
  const agree = formatWord(verdict.name) === formatWord(oracleVerdict);
  return (
    <p class="verdicts small">
      head: <b>{formatWord(verdict.name)}</b> (
      {verdict.probability === null ? 'probability not stored' : formatPercent(verdict.probability)}) ·
      oracle: <b>{formatWord(oracleVerdict)}</b>{' '}
      <span class={agree ? 'chip good' : 'chip bad'}>{agree ? '= agree' : '≠ differ'}</span>
    </p>
  );
}

function Trial({ trial, sample, wins }: { trial: TrialScore; sample: SampleView; wins: boolean }) {
  const { total, advantage } = trial;
  const before = sample.terms.total;
  return (
    <p class="trial small figures">
      <span class="part">on trial</span> total {before === undefined ? '' : `${formatNumber(before)} → `}
      <b>{formatNumber(Math.round(total * 1e4) / 1e4)}</b>
      {advantage !== null && (
        <>
          , advantage {formatSigned(sample.advantage)} → <b>{formatSigned(advantage)}</b>
        </>
      )}{' '}
      {trial.wins && <span class="chip good">{wins ? '★ still wins' : '★ would win'}</span>}
      {!trial.wins && wins && <span class="chip bad">would not win</span>}
    </p>
  );
}
