// The tokens of a part of a response, shaded by a number; the number is shown on hover, and by the arrow keys.

import { type Signal, useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { type ClipRange, type Heat, levelOf, tokenWords } from '../../state/samples/heat.ts';
import { movedToken, type PlacedToken } from '../../state/samples/response.ts';
import type { ShownGroup } from './shownGroup.ts';

type TokenListProps = {
  tokens: readonly PlacedToken[];
  numbers: ShownGroup['samples'][number];
  heat: Heat;
  range: ClipRange;
  label: string;
  /** What is said of the token that is pointed at. */
  note: Signal<string>;
};

export function TokenList({ tokens, numbers, heat, range, label, note }: TokenListProps) {
  const id = useId();
  const active = useSignal(-1);
  const wordsOf = ({ index }: PlacedToken): string =>
    tokenWords(numbers.logProbs[index] ?? null, numbers.ratios?.[index] ?? null);
  const point = (at: number): void => {
    const token = tokens[at];
    if (!token) return;
    active.value = at;
    note.value = `${token.text}: ${wordsOf(token)}`;
  };
  const move = (event: KeyboardEvent): void => {
    const places = tokens.map((_, at) => at);
    const to = movedToken(places, active.value, event.key);
    if (to === null) return;
    event.preventDefault();
    point(to);
  };
  return (
    <div
      class="tokens heat-list"
      role="listbox"
      tabIndex={0}
      aria-label={label}
      aria-orientation="horizontal"
      aria-activedescendant={active.value >= 0 ? `${id}-${active.value}` : undefined}
      onKeyDown={move}
      onFocus={() => point(Math.max(0, active.value))}
      onBlur={() => (active.value = -1)}
    >
      {tokens.map((token, at) => {
        const { index, text, mark } = token;
        const value = (heat === 'ratio' ? numbers.ratios?.[index] : numbers.logProbs[index]) ?? null;
        const level = levelOf(heat, value, range);
        const classes = ['tok', level?.name ?? 'unknown', mark && 'mark', at === active.value && 'active'];
        return (
          <span
            key={index}
            id={`${id}-${at}`}
            role="option"
            tabIndex={-1}
            aria-selected={at === active.value}
            aria-label={`${text}, ${wordsOf(token)}`}
            title={wordsOf(token)}
            class={classes.filter(Boolean).join(' ')}
            onMouseEnter={() => point(at)}
          >
            {text}{' '}
          </span>
        );
      })}
    </div>
  );
}
