// What a loss brings when it is chosen: the same in form, flags, address and presets; and older runs as they were trained.

import { describe, expect, test } from 'vitest';
import {
  DEFAULTS,
  fromQuery,
  readSettings,
  resolvePreset,
  type Settings,
  toFlags,
  toQuery,
  validateSettings,
} from '../../src/config/index.ts';
import { LOSS_KEYS } from '../../src/losses/index.ts';
import { draftOfPreset, withLayers, withSetting } from '../../src/ui/state/form/draft.ts';

type Loss = Settings['loss_type'];

/** What each loss trains with: clip below, clip above, divisor of rewards. */
const OWN: Partial<Record<Loss, readonly [number, number, string]>> = {
  gspo: [3e-4, 4e-4, 'group'],
  gmpo: [0.4, 0.4, 'group'],
  dapo: [0.2, 0.28, 'group'],
  cispo: [1, 5, 'group'],
  dr_grpo: [0.2, 0.2, 'none'],
};
const ownOf = (loss: Loss) => OWN[loss] ?? [0.2, 0.2, 'group'];
const shown = ({ epsilon, epsilon_high, scale_rewards }: Settings) => [epsilon, epsilon_high, scale_rewards];

describe('CASES 35: a loss brings its own clip range and scaling', () => {
  test.each(LOSS_KEYS)('%s: into form, settings, address and flags', (loss) => {
    const form = withSetting(draftOfPreset('quick'), 'loss_type', loss).settings;
    expect(shown(form)).toEqual(ownOf(loss));
    expect(validateSettings({ loss_type: loss }, resolvePreset('quick').settings)).toEqual(form);
    expect(fromQuery(`?v=2&preset=quick&loss_type=${loss}`).settings).toEqual(form);
    const written = `${toQuery(form, 'quick')} ${toFlags(form, 'quick').join(' ')}`;
    const [epsilon] = ownOf(loss);
    expect(written.includes(`epsilon=${epsilon}`)).toBe(epsilon !== DEFAULTS.epsilon);
    expect(written.includes(`--epsilon ${epsilon}`)).toBe(epsilon !== DEFAULTS.epsilon);
  });

  test.each(LOSS_KEYS)('%s: a value that is set stays, also one that is the default of the table', (loss) => {
    const set = validateSettings({ loss_type: loss, epsilon: 0.2, epsilon_high: 0.2 });
    expect([set.epsilon, set.epsilon_high]).toEqual([0.2, 0.2]);
    expect(fromQuery(toQuery(set)).settings).toEqual(set);
    expect(withSetting({ preset: '', settings: set }, 'loss_type', loss).settings).toEqual(set);
  });

  test('the next loss leaves nothing of the one before', () => {
    expect(shown(resolvePreset('gspo+dr-grpo+cispo').settings)).toEqual(ownOf('cispo'));
    const gspo = withSetting(draftOfPreset('quick'), 'loss_type', 'gspo');
    expect(shown(withSetting(gspo, 'loss_type', 'grpo').settings)).toEqual(ownOf('grpo'));
    expect(shown(withLayers(gspo, { algorithm: 'grpo' }).draft.settings)).toEqual(ownOf('grpo'));
    expect(withLayers(gspo, { tasks: 'general-only' }).draft.settings).toMatchObject({
      loss_type: 'gspo',
      epsilon: 3e-4,
    });
  });

  test('the defaults are those of the default loss', () => {
    expect(shown(DEFAULTS)).toEqual(ownOf(DEFAULTS.loss_type));
  });
});

describe('CASES 35: runs and links of before mean what they trained with', () => {
  /** As 0.2.0 stored it. */
  const older = (settings: Partial<Settings>) => {
    const { clip: _, ...stored } = { ...DEFAULTS, ...settings };
    return readSettings({ settings: stored }).settings;
  };

  test.each(LOSS_KEYS)('%s with 0.2 and 0.2, which stood for its own', (loss_type) => {
    expect(shown(older({ loss_type }))).toEqual(ownOf(loss_type));
    expect(fromQuery(`v=1&loss_type=${loss_type}`)).toMatchObject({
      dropped: [],
      settings: older({ loss_type }),
    });
  });

  test.each([
    [{ loss_type: 'gspo', epsilon: 0.1 }, [0.1, 0.2, 'group']],
    [{ loss_type: 'cispo', epsilon: 0.3 }, [0.3, 0.2, 'group']],
    [{ loss_type: 'cispo', epsilon: 0.3, epsilon_high: 3 }, [1, 3, 'group']],
    [{ loss_type: 'dr_grpo', epsilon: 0.1, scale_rewards: 'batch' }, [0.1, 0.2, 'none']],
    [{ loss_type: 'grpo', epsilon: 10, epsilon_high: 10 }, [10, 10, 'group']],
  ] as const)('%o', (settings, trained) => {
    expect(shown(older(settings))).toEqual(trained);
    const query = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
    expect(shown(fromQuery(`v=1&${query.join('&')}`).settings)).toEqual(trained);
  });

  test('a run of this version is not read as an older one', () => {
    const settings = validateSettings({ loss_type: 'gspo', epsilon: 0.2, epsilon_high: 0.2 });
    expect(readSettings({ settings }).settings).toEqual(settings);
    expect(fromQuery('v=1&preset=cispo').settings).toEqual(resolvePreset('cispo').settings);
  });
});
