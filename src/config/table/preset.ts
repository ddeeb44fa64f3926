// What a preset is, and what one that is meant to fail says of itself.

import type { ScoreName } from '../../terms/scores.ts';
import type { Stage } from '../../terms/stages.ts';
import type { Suite } from '../../terms/suites.ts';
import type { SettingKey, SettingsInput } from '../settings.ts';

export type PresetKind = 'size' | 'tasks' | 'algorithm' | 'failure';

export type Preset = {
  name: string;
  kind: PresetKind;
  title: string;
  /** What it does or shows. */
  sentence: string;
  overrides: SettingsInput;
  /** Only of a failure on purpose. */
  hint?: FailureHint;
};

/** A figure that gives a failure away. Both bounds count where both are given. */
export type FailureSign =
  | {
      kind: 'metric';
      metric: string;
      /** As a sentence calls it. */
      what: string;
      is: 'above' | 'below';
      value?: number;
      /** Multiple of what the stage began with. */
      timesStart?: number;
    }
  /** A score at the end of an RL stage, `by` above or below what it was after SFT, beyond both intervals; all from 0 to 1. */
  | { kind: 'score'; score: ScoreName; what: string; is: 'above' | 'below'; by: number }
  /** The reward that is trained on runs ahead of the oracle's. */
  | { kind: 'gap' };

/** What a preset that is meant to fail says of it. */
export type FailureHint = {
  /** What to look at while it runs. */
  watch: string;
  /** The metric whose chart is opened and marked. */
  chart: string;
  /** The suite whose prompts show which answers broke. */
  suite: Suite;
  /** How long the run takes from a released model on two cores, test included. */
  seconds: number;
  /** The figure of `sign` as it was measured under seed 1, from the beginning to the end of the run. */
  shape: readonly number[];
  sign: FailureSign;
  /** What to call it once it has happened, and what to change then. */
  title: string;
  remedy: string;
  /** The settings that go back to what they would be without this preset. Those that SFT has read stay: it could not be kept else. */
  undo: readonly SettingKey[];
  /** The first stage that reads them, where it is not the one that failed. */
  stage?: Stage;
};

type Row = Omit<Preset, 'kind' | 'name'>;

export function preset(title: string, sentence: string, overrides: SettingsInput, hint?: FailureHint): Row {
  return { title, sentence, overrides, ...(hint && { hint }) };
}

/** Presets of one kind, in the order given. */
export function presetsOf(kind: PresetKind, rows: { readonly [name: string]: Row }): readonly Preset[] {
  return Object.entries(rows).map(([name, row]) => ({ name, kind, ...row }));
}
