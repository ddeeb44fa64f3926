// What a run is called: its name, or what it was made with where it has none.

import { formatWord } from '../../../base/format.ts';

export function runTitle({ name, preset, seed }: { name: string; preset: string; seed: number }): string {
  if (name.trim() !== '') return name;
  return `${preset === '' ? 'own settings' : formatWord(preset)}, seed ${seed}`;
}
