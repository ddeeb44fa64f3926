// Figures with a plain sentence each.

import type { Fact } from './facts.ts';

export function FactList({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl class="device-facts soft">
      {facts.map(({ term, value, sentence }) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd class="rows figures">
            <b>{value}</b>
            <span class="hint">{sentence}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
