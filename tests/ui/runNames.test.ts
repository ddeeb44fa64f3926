// Names that tell stored runs apart.

import { describe, expect, it } from 'vitest';
import { resolvePreset } from '../../src/config/index.ts';
import { runNames } from '../../src/ui/state/runs/runNames.ts';

type Run = Parameters<typeof runNames>[0][number];

function run(id: string, day: number, over: Partial<Run> = {}): Run {
  const { settings } = resolvePreset('smoke');
  return {
    id,
    name: '',
    preset: 'smoke',
    seed: 7,
    settings,
    createdAt: `2026-01-0${day}T00:00:00Z`,
    ...over,
  };
}

const namesOf = (...runs: Run[]) => Object.fromEntries(runNames(runs));

describe('runNames', () => {
  it('counts equal titles in order of creation, whatever the order of the list', () => {
    expect(namesOf(run('c', 3), run('a', 1), run('b', 2), run('d', 2, { seed: 8 }))).toEqual({
      a: 'smoke, seed 7',
      b: 'smoke, seed 7 (2)',
      c: 'smoke, seed 7 (3)',
      d: 'smoke, seed 8',
    });
  });

  it('tells runs of the same moment apart too', () => {
    expect(namesOf(run('b', 1), run('a', 1))).toEqual({ a: 'smoke, seed 7', b: 'smoke, seed 7 (2)' });
  });

  it('gives no name twice, even one that the user wrote', () => {
    const names = namesOf(run('a', 1), run('b', 2, { name: 'smoke, seed 7 (2)' }), run('c', 3));
    expect(names.c).toBe('smoke, seed 7 (3)');
  });

  it('names a loss that is not the one of the preset', () => {
    const ppo = { ...resolvePreset('smoke').settings, loss_type: 'ppo' };
    const names = namesOf(
      run('a', 1),
      run('b', 2, { settings: ppo }),
      run('c', 3, { settings: ppo, name: 'My PPO' }),
      run('d', 4, { preset: 'smoke+ppo', settings: resolvePreset('smoke+ppo').settings }),
      run('e', 5, { preset: 'gone', settings: ppo }),
    );
    expect(names.a).toBe('smoke, seed 7');
    expect(names.b).toBe('smoke, seed 7, ppo');
    expect(names.c).toBe('My PPO');
    expect(names.d).not.toMatch(/, ppo$/);
    expect(names.e).toBe('gone, seed 7, ppo');
  });
});
