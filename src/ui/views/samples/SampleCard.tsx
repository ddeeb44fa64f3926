// One response of a group: thought, answer, reward terms, verdicts, advantage.

import type { SampleView } from '../../../protocol/messages.ts';
import { formatNumber, formatPercent, formatSigned, formatWord } from '../../format.ts';
import { agreement, splitResponse, type Token } from '../../state/response.ts';

type SampleCardProps = { number: number; sample: SampleView; best: boolean };

export function SampleCard({ number, sample, best }: SampleCardProps) {
  const parts = splitResponse(sample.response, sample.logProbs);
  const sign = sample.advantage > 0 ? 'plus' : sample.advantage < 0 ? 'minus' : 'zero';
  return (
    <li class={`sample ${sign}`}>
      <div class="sample-head">
        <strong>
          #{number}
          {best && <span class="chip good">best</span>}
        </strong>
        <span class={`advantage ${sign}`}>advantage {formatSigned(sample.advantage)}</span>
      </div>
      <div class="thought">
        <span class="part">thought</span>{' '}
        <Tokens tokens={parts.thought} none={parts.opened ? 'empty' : 'missing'} />
        {!parts.closed && parts.opened && <span class="chip bad">not closed</span>}
      </div>
      <div class="answer">
        <span class="part">answer</span> <Tokens tokens={parts.answer} none="none" />
        {!parts.ended && <span class="chip bad">cut off</span>}
      </div>
      <Terms terms={sample.terms} />
      <Verdicts sample={sample} />
    </li>
  );
}

function Tokens({ tokens, none }: { tokens: readonly Token[]; none: string }) {
  if (tokens.length === 0) return <em class="hint">{none}</em>;
  return (
    <span class="tokens">
      {tokens.map((token, index) => (
        <span
          key={index}
          title={token.logProb === null ? undefined : `log-prob ${formatNumber(token.logProb)}`}
        >
          {token.text}{' '}
        </span>
      ))}
    </span>
  );
}

function Terms({ terms }: { terms: SampleView['terms'] }) {
  const { total, ...others } = terms;
  return (
    <dl class="terms">
      {Object.entries(others).map(([name, value]) => (
        <div key={name}>
          <dt>{formatWord(name)}</dt>
          <dd>{formatNumber(value)}</dd>
        </div>
      ))}
      {total !== undefined && (
        <div class="total">
          <dt>total</dt>
          <dd>{formatNumber(total)}</dd>
        </div>
      )}
    </dl>
  );
}

function Verdicts({ sample }: { sample: SampleView }) {
  const { verdict, oracleVerdict } = sample;
  if (!verdict) {
    return (
      <p class="verdicts">
        no head applies · oracle: <b>{formatWord(oracleVerdict)}</b>
      </p>
    );
  }
  const agree = agreement(verdict.name, oracleVerdict);
  return (
    <p class="verdicts">
      head: <b>{formatWord(verdict.name)}</b> ({formatPercent(verdict.probability)}) · oracle:{' '}
      <b>{formatWord(oracleVerdict)}</b>{' '}
      <span class={agree ? 'chip good' : 'chip bad'}>{agree ? '= agree' : '≠ differ'}</span>
    </p>
  );
}
