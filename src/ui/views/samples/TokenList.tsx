// The tokens of a part of a response, shaded by a number; the number is shown on hover, and by the arrow keys.

import { type Signal, useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { formatNumber } from '../../../base/format.ts';
import {
  HEAT_TITLES,
  type Heat,
  type HeatScale,
  isLossHeat,
  levelOf,
  tokenWords,
} from '../../state/samples/heat.ts';
import { movedToken, type PlacedToken } from '../../state/samples/response.ts';
import type { ShownGroup } from './shownGroup.ts';

/** What shades the tokens of a response; `values` by place in the response. */
export type ShownHeat = { heat: Heat; scale: HeatScale; values: readonly (number | null)[] };

type TokenListProps = {
  tokens: readonly PlacedToken[];
  numbers: ShownGroup['samples'][number];
  shown: ShownHeat;
  label: string;
  /** Place in the response of the token that is looked into; null where it is in another one. */
  chosen: number | null;
  onChoose: (index: number) => void;
  /** What is said of the token that is pointed at. */
  note: Signal<string>;
};

export function TokenList({ tokens, numbers, shown, label, note, chosen, onChoose }: TokenListProps) {
  const { heat, scale, values } = shown;
  const id = useId();
  const active = useSignal(-1);
  const wordsOf = ({ index }: PlacedToken): string => {
    const words = tokenWords(numbers.logProbs[index] ?? null, numbers.ratios?.[index] ?? null);
    const value = values[index];
    return isLossHeat(heat) && value !== undefined && value !== null
      ? `${HEAT_TITLES[heat]} ${formatNumber(value)} · ${words}`
      : words;
  };
  const point = (at: number): void => {
    const token = tokens[at];
    if (!token) return;
    active.value = at;
    note.value = `${token.text}: ${wordsOf(token)}`;
  };
  const choose = (at: number): void => {
    const token = tokens[at];
    if (token) onChoose(token.index);
  };
  const move = (event: KeyboardEvent): void => {
    const places = tokens.map((_, at) => at);
    const to = movedToken(places, active.value, event.key);
    if (to === null) return;
    event.preventDefault();
    point(to);
    choose(to);
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
      onClick={() => choose(active.value)}
      onFocus={() => point(Math.max(0, active.value))}
      onBlur={() => (active.value = -1)}
    >
      {tokens.map((token, at) => {
        const { index, text, mark } = token;
        const level = levelOf(heat, values[index] ?? null, scale);
        const looked = at === active.value || index === chosen;
        const classes = ['tok', level?.name ?? 'unknown', mark && 'mark', looked && 'active'];
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
