// The place where the next run begins, over a reload of the tab.

import { signal } from '@preact/signals';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunRecord } from '../../src/storage/types.ts';
import type { Connections } from '../../src/ui/session/connections.ts';
import { type NextFork, RunLibrary } from '../../src/ui/session/library.ts';
import { keepFork } from '../../src/ui/session/tabMemory.ts';
import { draftOfPreset, withSetting } from '../../src/ui/state/form/draft.ts';

const FORK: NextFork = { runId: 'r', stage: 'heads', runLabel: 'That run' };
const FORM = draftOfPreset('smoke+grpo');

let memory: Map<string, string>;

beforeEach(() => {
  memory = new Map();
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => memory.get(key) ?? null,
    setItem: (key: string, text: string) => void memory.set(key, text),
    removeItem: (key: string) => void memory.delete(key),
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

/** A page that opens with this form. */
function opened(form = FORM) {
  const draft = signal(form);
  const nextFork = signal<NextFork | null>(null);
  keepFork(draft, nextFork);
  return { draft, nextFork };
}

describe('the place where the next run begins', () => {
  it('comes back with the form it was chosen with, as the user has changed it since', () => {
    const { draft, nextFork } = opened();
    nextFork.value = FORK;
    expect(opened().nextFork.value).toEqual(FORK);
    draft.value = withSetting(draft.value, 'beta', 0.3);
    expect(opened(draft.value).nextFork.value).toEqual(FORK);
  });

  it('is dropped with another form, once and for all', () => {
    opened().nextFork.value = FORK;
    expect(opened(withSetting(FORM, 'seed', 3)).nextFork.value).toBeNull();
    expect(opened().nextFork.value).toBeNull();
  });

  it('is forgotten once it is used or taken back', () => {
    const { nextFork } = opened();
    nextFork.value = FORK;
    nextFork.value = null;
    expect(memory.size).toBe(0);
    expect(opened().nextFork.value).toBeNull();
  });

  it('is none where something else is remembered', () => {
    opened().nextFork.value = FORK;
    const [[key, text]] = [...memory] as [[string, string]];
    const { form } = JSON.parse(text);
    const wrong = [
      '',
      'null',
      '3',
      '[]',
      '{"fork":null}',
      JSON.stringify({ form, fork: { ...FORK, stage: 3 } }),
    ];
    for (const each of wrong) {
      memory.set(key, each);
      expect(opened().nextFork.value).toBeNull();
    }
  });

  it('is dropped where the run is no longer listed', () => {
    const library = new RunLibrary({} as Connections);
    library.runs.value = [{ id: 'r' } as RunRecord];
    library.nextFork.value = FORK;
    library.dropLostFork();
    expect(library.nextFork.value).toBe(FORK);
    library.runs.value = [];
    library.dropLostFork();
    expect(library.nextFork.value).toBeNull();
  });
});
