// What a stored run was made with, in one line.

import { describe, expect, it } from 'vitest';
import { DEFAULTS, resolvePreset } from '../../src/config/index.ts';
import { isSameDraft, runSummary } from '../../src/ui/state/runs/runSettings.ts';

const { settings: smoke } = resolvePreset('smoke');

describe('runSummary', () => {
  it('names the preset and what differs from it', () => {
    expect(runSummary({ preset: 'smoke', settings: smoke }).text).toBe('Preset smoke, unchanged.');
    const { text, draft } = runSummary({ preset: 'smoke', settings: { ...smoke, seed: 91, sft_steps: 33 } });
    expect(text).toBe('Preset smoke; Seed 91, Steps (supervised fine-tuning) 33.');
    expect(draft).toEqual({ preset: 'smoke', settings: { ...smoke, seed: 91, sft_steps: 33 } });
    expect(runSummary({ preset: '', settings: { ...DEFAULTS, seed: 91 } }).text).toBe('No preset; Seed 91.');
  });

  it('counts what would make the line too long', () => {
    const { text } = runSummary({ preset: '', settings: smoke });
    expect(text).toMatch(/^No preset; ([^,]+, ){5}.* and \d+ more\.$/);
  });

  it('says so for settings of another version', () => {
    const summary = runSummary({ preset: 'smoke', settings: { ...smoke, bygone: 3 } });
    expect(summary.text).toContain('another version');
    expect(summary.draft).toBeNull();
  });
});

describe('isSameDraft', () => {
  it('is about preset and settings', () => {
    const own = { preset: 'smoke', settings: smoke };
    expect(isSameDraft(own, { preset: 'smoke', settings: { ...smoke } })).toBe(true);
    expect(isSameDraft(own, { preset: '', settings: smoke })).toBe(false);
    expect(isSameDraft(own, { preset: 'smoke', settings: { ...smoke, seed: 91 } })).toBe(false);
  });
});
