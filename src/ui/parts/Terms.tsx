// The reward terms of a response with their values, the total last.

import { formatNumber, formatWord } from '../../base/format.ts';

type TermsProps = { terms: { readonly [term: string]: number }; totalName?: string };

export function Terms({ terms: { total, ...others }, totalName = 'total' }: TermsProps) {
  const shown = Object.entries(others).map(
    ([name, value]) => [name === 'gold' ? 'oracle’s reward' : formatWord(name), value] as const,
  );
  return (
    <dl class="terms row soft figures small" aria-label="Reward">
      {shown.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{formatNumber(value)}</dd>
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
