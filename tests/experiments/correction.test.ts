// What code of before the correction of losses and metrics made says so: report, model cards, and the published ones.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { releaseCard } from '../../src/cli/release/card.ts';
import { readPublishedRuns } from '../../src/cli/reproduce/published.ts';
import { CODE, resolvePreset } from '../../src/config/index.ts';
import { planRuns, report } from '../../src/experiments/index.ts';
import { readReleaseList } from '../../src/releases/format.ts';
import { codeOfVersion, correctionNote } from '../../src/terms/origin.ts';
import { lossOptions } from '../../src/training/lossSettings.ts';

const note = correctionNote([codeOfVersion('0.1.0')]) ?? 'no note';

test('CASES 34 to 37: older code has the note, this one has not', () => {
  expect(correctionNote([CODE, null])).toBeNull();
  expect(correctionNote([])).toBeNull();
  expect(correctionNote([CODE, codeOfVersion('0.2.0')])).toBe(note);
});

test('CASES 34 to 37: the published report and cards have the note, for their generators write it', () => {
  const results = [...readPublishedRuns('results/published.json').values()];
  const input = { command: 'x', grid: 'core', preset: 'quick', parts: [] } as const;
  expect(report({ ...input, results }).markdown).toContain(note);
  const now = results.map((run) => ({ ...run, code: CODE }));
  expect(report({ ...input, results: now }).markdown).not.toContain(note);
  expect(readFileSync('docs/RESULTS.md', 'utf8')).toContain(note);

  const notes = { precision: 'F16', change: null, breaches: null, byAttack: [] } as const;
  for (const model of readReleaseList(new Uint8Array(readFileSync('public/models/index.json')))) {
    expect(releaseCard(model, notes)).toContain(note);
    expect(releaseCard({ ...model, code: CODE }, notes)).not.toContain(note);
    expect(readFileSync(`public/models/${model.name}/README.md`, 'utf8')).toContain(note);
  }
});

test('CASES 36: the cell without clip has none', () => {
  const base = resolvePreset('quick').settings;
  for (const name of ['grpo-no-clip', 'grpo-no-clip-fast']) {
    const cell = planRuns([{ cells: [name], seeds: [11] }], base).find((run) => run.name === name);
    expect(lossOptions(cell!.settings)).toMatchObject({ epsilon: Infinity, epsilonHigh: Infinity });
  }
});
