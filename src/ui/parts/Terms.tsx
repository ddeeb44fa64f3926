// The reward terms of a response with their values, the total last; “n/a” where a term does not apply to the prompt.

import { formatNumber, formatWord } from '../../base/format.ts';
import { TERM_TABLE, type Term } from '../../terms/rewardTerms.ts';

type Asked = { readonly label: string; readonly image: object | null };

type TermsProps = {
  terms: { readonly [term: string]: number };
  totalName?: string;
  /** What was asked: it decides which terms apply. */
  prompt: Asked;
};

const NOT_APPLIED = 'This term does not apply to prompts of this kind.';

/** What is no term of the reward, as the oracle's reward, applies always. */
export function applies(name: string, { label, image }: Asked): boolean {
  if (!Object.hasOwn(TERM_TABLE, name)) return true;
  const labels: readonly string[] = TERM_TABLE[name as Term].labels;
  return labels.includes(label) && (name !== 'visual_focus' || image !== null);
}

export function Terms({ terms: { total, ...others }, totalName = 'total', prompt }: TermsProps) {
  const shown = Object.entries(others).map(
    ([name, value]) =>
      [
        name === 'gold' ? 'oracle’s reward' : formatWord(name),
        applies(name, prompt) ? formatNumber(value) : <abbr title={NOT_APPLIED}>n/a</abbr>,
      ] as const,
  );
  return (
    <dl class="terms row soft figures small" aria-label="Reward">
      {shown.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      {total !== undefined && (
        <div class="total">
          <dt>{totalName}</dt>
          <dd>{formatNumber(total)}</dd>
        </div>
      )}
    </dl>
  );
}
