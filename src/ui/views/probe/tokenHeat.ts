// How sure the model was of a token, as one of four steps that colour and underline show.

export type Heat = 'sure' | 'likely' | 'unsure' | 'surprise';

/** Probability from which on a step holds. */
export const HEATS: readonly { heat: Heat; from: number; about: string }[] = [
  { heat: 'sure', from: 0.9, about: 'over 90 %' },
  { heat: 'likely', from: 0.5, about: '50 to 90 %' },
  { heat: 'unsure', from: 0.1, about: '10 to 50 %' },
  { heat: 'surprise', from: 0, about: 'under 10 %' },
];

export function heatOf(logProb: number): Heat {
  const probability = Math.exp(logProb);
  return HEATS.find(({ from }) => probability >= from)?.heat ?? 'surprise';
}
