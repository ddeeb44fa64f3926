// What runs are called, and names that tell them apart where one must choose: a loss that is not the preset's, a number for equal ones.

import { formatWord } from '../../../base/format.ts';
import { DEFAULTS, resolvePreset } from '../../../config/index.ts';
import type { RunRecord } from '../../../storage/types.ts';

type NamedRun = Pick<RunRecord, 'id' | 'name' | 'preset' | 'seed' | 'settings' | 'createdAt'>;

/** Its name, or what it was made with where it has none. */
export function runTitle({ name, preset, seed }: { name: string; preset: string; seed: number }): string {
  if (name.trim() !== '') return name;
  return `${preset === '' ? 'own settings' : formatWord(preset)}, seed ${seed}`;
}

/** By id. Of equal names the oldest has no number, the next is `(2)`; so a new run renames no other. */
export function runNames(runs: readonly NamedRun[]): ReadonlyMap<string, string> {
  const oldestFirst = [...runs].sort(
    (a, b) => a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id, 'en'),
  );
  const taken = new Set<string>();
  const names = new Map<string, string>();
  for (const run of oldestFirst) {
    const plain = titleWithLoss(run);
    let name = plain;
    for (let number = 2; taken.has(name); number++) name = `${plain} (${number})`;
    taken.add(name);
    names.set(run.id, name);
  }
  return names;
}

function titleWithLoss(run: NamedRun): string {
  const title = runTitle(run);
  const loss = run.settings.loss_type;
  if (typeof loss !== 'string' || loss === lossOf(run.preset)) return title;
  return title.toLowerCase().includes(loss.toLowerCase()) ? title : `${title}, ${loss}`;
}

/** Of a preset that this version does not know: the default. */
function lossOf(preset: string): string {
  try {
    return resolvePreset(preset).settings.loss_type;
  } catch {
    return DEFAULTS.loss_type;
  }
}
