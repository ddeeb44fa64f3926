// Stages of a run: their names for people, and the plan before the worker has sent its own.

import { formatWord } from '../../../base/format.ts';
import type { Settings } from '../../../config/index.ts';

const TITLES: { readonly [name: string]: string } = {
  sft: 'SFT',
  heads: 'Heads',
  stage1: 'Stage 1',
  stage2: 'Stage 2',
  mixed: 'Mixed RL',
};
const EVALUATION = 'evaluation-';

/** The entry of a plan that tests what a stage has made. */
export function testOf(stage: string): string {
  return `${EVALUATION}${stage}`;
}

export function isTest(name: string): boolean {
  return name.startsWith(EVALUATION);
}

/** `SFT`, `Stage 2`, `Stage 1 (2)` for the second time, `Test of stage 2` for an evaluation. */
export function stageTitle(name: string): string {
  if (isTest(name)) {
    const title = stageTitle(name.slice(EVALUATION.length));
    return `Test of ${title === 'SFT' ? title : title.replace(/^./, (letter) => letter.toLowerCase())}`;
  }
  const [, base = name, count] = /^(.*?)(?:-(\d+))?$/.exec(name) ?? [];
  const title = TITLES[base] ?? formatWord(base);
  return count === undefined ? title : `${title} (${count})`;
}

/** Stages that a run with these settings will go through; 0 iterations where only the worker knows. */
export function plannedStages(settings: Settings): { name: string; iterations: number }[] {
  const iterations: { readonly [stage: string]: number } = {
    sft: settings.sft_steps,
    heads: settings.heads_steps,
    stage1: settings.stage1_steps,
    stage2: settings.stage2_steps,
    mixed: settings.stage1_steps + settings.stage2_steps,
  };
  return settings.stages.flatMap((name) => {
    const stage = { name, iterations: iterations[name] ?? 0 };
    const tested = settings.evaluate && name !== 'heads';
    return tested ? [stage, { name: testOf(name), iterations: 0 }] : [stage];
  });
}
