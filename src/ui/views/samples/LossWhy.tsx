// Why did this token move? The loss with one token's numbers filled in, part by part, and another loss beside it.

import { formatNumber } from '../../../base/format.ts';
import { findSetting } from '../../../config/index.ts';
import type { LossExplanation, LossShares, TokenExplanation } from '../../../protocol/inspector.ts';
import { stageTitle } from '../../../terms/stages.ts';
import { Problem } from '../../parts/Problem.tsx';
import { Select } from '../../parts/Select.tsx';
import { Table } from '../../parts/Table.tsx';
import { filledFormula, formulaText, symbolsOf, symbolText } from '../../state/samples/formula.ts';
import { pushOf } from '../../state/samples/lossHeat.ts';
import type { LossName } from './lossModel.ts';
import type { SamplesModel } from './samplesModel.ts';
import type { ShownGroup } from './shownGroup.ts';

const lossRow = findSetting('loss_type');
const LOSS_NAMES = lossRow?.type === 'enum' ? lossRow.choices : [];
const PARTS = { objective: 'Objective', drift: 'Policy drift', kl: 'KL' } as const;

export function LossWhy({ model, group }: { model: SamplesModel; group: ShownGroup }) {
  const { loss } = model;
  const place = loss.token.value;
  const explanations = loss.explanations.value;
  return (
    <section class="loss-why rows" aria-label="Why did this token move?">
      <h3>Why did this token move?</h3>
      {model.group.place.value ? (
        <Choices model={model} />
      ) : (
        <p class="hint">Hold this group to see what the loss does to each token.</p>
      )}
      <Problem text={loss.error.value?.text} />
      {place && (
        <>
          <p class="hint">
            Response #{place.sample + 1}, token {place.index + 1}:{' '}
            <b class="tokens">{group.samples[place.sample]?.response[place.index]}</b>. Choose another one
            below, by a click or the arrow keys.
          </p>
          <div class="losses">
            {explanations.map((explanation, i) => {
              const token = explanation.samples[place.sample]?.[place.index];
              return (
                token && (
                  <OneLoss
                    key={i}
                    explanation={explanation}
                    token={token}
                    role={i === 0 ? 'loss of this run' : 'for comparison'}
                  />
                )
              );
            })}
          </div>
        </>
      )}
    </section>
  );
}

function Choices({ model }: { model: SamplesModel }) {
  const { loss, group, settings } = model;
  const others = LOSS_NAMES.filter((name) => name !== settings.value.loss_type);
  return (
    <div class="row">
      <Select
        label="Policy"
        value={loss.under.value}
        choices={[
          ['', 'when it sampled'],
          ...group.checkpoints.value.map(
            ({ id, stage, step }) => [id, `at ${stageTitle(stage)}, step ${step}`] as const,
          ),
        ]}
        onChoice={(id) => (loss.under.value = id)}
      />
      <Select
        label="Compare with"
        value={loss.second.value}
        choices={[['', 'no other loss'], ...others.map((name) => [name, name] as const)]}
        onChoice={(name) => (loss.second.value = name as LossName | '')}
      />
    </div>
  );
}

type OneLossProps = { explanation: LossExplanation; token: TokenExplanation; role: string };

function OneLoss({ explanation, token, role }: OneLossProps) {
  const { name, formulas, symbols, notes } = explanation;
  const parts = (Object.keys(PARTS) as (keyof LossShares)[]).flatMap((part) => {
    const formula = formulas[part];
    return formula === null ? [] : [{ part, formula }];
  });
  return (
    <article class="shaded rows" aria-label={`${name}, ${role}`}>
      <h4>
        {name} <span class="hint">{role}</span>
      </h4>
      <p aria-live="polite">{pushWords(token)}</p>
      {parts.map(({ part, formula }) => (
        <div key={part}>
          <span class="part">{PARTS[part]}</span>
          <div class="formula figures">{formulaText(formula)}</div>
          <div class="formula figures">
            = {filledFormula(formula, token.values)}
            {part === 'objective' && <b> = {formatNumber(token.value)}</b>}
          </div>
        </div>
      ))}
      <Table
        label={`Shares of ${name}`}
        caption={`Weight in the mean: ${formatNumber(token.weight)}`}
        heads={['part', 'in the loss', '∂L/∂log p']}
        rows={[
          ...parts.map(({ part }) => ({
            key: part,
            head: PARTS[part],
            cells: [formatNumber(token.loss[part]), formatNumber(token.gradient[part])],
          })),
          {
            key: 'sum',
            head: 'Sum',
            class: 'total',
            cells: [formatNumber(sumOf(token.loss)), formatNumber(sumOf(token.gradient))],
          },
        ]}
      />
      <details>
        <summary>Symbols</summary>
        <dl class="pairs small">
          {symbolsOf(parts.map(({ formula }) => formula)).map((symbol) => (
            <>
              <dt key={symbol}>{symbolText(symbol)}</dt>
              <dd>{symbols[symbol]}</dd>
            </>
          ))}
        </dl>
      </details>
      {notes.map((note) => (
        <p key={note} class="hint">
          {note}
        </p>
      ))}
    </article>
  );
}

function sumOf({ objective, drift, kl }: LossShares): number {
  return objective + drift + kl;
}

/** Which way a step moves the token, and what holds it. */
function pushWords(token: TokenExplanation): string {
  const push = pushOf(token);
  const clip = token.clipped === 0 ? '' : ` The ratio is beyond the clip range ${sideOf(token)}.`;
  if (push === 0) return `It does not move.${clip || (token.values.A === 0 ? ' Its advantage is 0.' : '')}`;
  return `A step makes it ${push > 0 ? 'likelier' : 'less likely'}: push ${formatNumber(push)}.${clip}`;
}

function sideOf({ clipped, values: { low = Number.NaN, high = Number.NaN } }: TokenExplanation): string {
  return `${formatNumber(low)} to ${formatNumber(high)}, ${clipped < 0 ? 'below' : 'above'}`;
}
