// The form while a run of the opening is on view, what Start does then, and the form after it.

import { computed, type Signal, signal } from '@preact/signals';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { StartRequest } from '../../src/protocol/messages.ts';
import { actionOf, press as pressAction } from '../../src/ui/commands/actions.ts';
import type { NextFork } from '../../src/ui/session/library.ts';
import type { Session } from '../../src/ui/session/session.ts';
import { type Draft, draftOfPreset, withRejected, withSetting } from '../../src/ui/state/form/draft.ts';
import {
  activeOverride,
  endOverrides,
  formOverride,
  overrideForm,
  ownDraft,
} from '../../src/ui/state/run/formOverride.ts';
import { emptyRun, isActive, type RunState } from '../../src/ui/state/run/runState.ts';

// The commands know the views by the address, and where one is in the window.
vi.hoisted(() => {
  vi.stubGlobal('location', { hash: '' });
  vi.stubGlobal('scrollY', 0);
  vi.stubGlobal('scrollTo', () => {});
  vi.stubGlobal('matchMedia', () => ({ matches: false }));
});

const BEFORE = draftOfPreset('quick');
const LENT = draftOfPreset('smoke+grpo');

let stop = () => {};

afterEach(() => {
  stop();
  formOverride.value = null;
});

function made() {
  const draft: Signal<Draft> = signal(BEFORE);
  const view: Signal<RunState> = signal(emptyRun());
  stop = endOverrides(draft, view);
  /** As a session starts a run: the view is empty on the way, and shows what it did where that fails. */
  const begun = (runId: string, problem?: Error) => async (): Promise<string> => {
    const before = view.value;
    view.value = { ...emptyRun(), phase: 'starting' };
    await Promise.resolve();
    view.value = problem ? before : emptyRun(runId, 'running');
    if (problem) throw problem;
    return runId;
  };
  const begin = (runId: string, problem?: Error) =>
    overrideForm(draft, LENT, { start: begun(runId, problem), again: begun(`${runId} again`) });
  return { draft, view, begun, begin };
}

describe('a form that is overridden', () => {
  it('holds what is trained while that run is on view, and then what it held before', async () => {
    const { draft, view, begin } = made();
    const override = begin('a');
    expect(draft.value).toBe(LENT);
    await override;
    view.value = { ...view.value, phase: 'done' };
    expect(draft.value).toBe(LENT);
    expect(ownDraft(draft.value)).toBe(BEFORE);
    view.value = emptyRun();
    expect(draft.value).toBe(BEFORE);
    draft.value = LENT;
    view.value = emptyRun('b', 'running');
    expect(draft.value).toBe(LENT);
    expect(ownDraft(draft.value)).toBe(LENT);
  });

  it('stays as the user has changed it', async () => {
    const { draft, view, begin } = made();
    await begin('a');
    const changed = withSetting(draft.value, 'seed', 3);
    draft.value = changed;
    expect(ownDraft(changed)).toBe(changed);
    view.value = emptyRun();
    expect(draft.value).toBe(changed);
  });

  it('counts as unchanged once a change is taken back, and not with a field that is not in order', async () => {
    const { draft, begin } = made();
    await begin('a');
    const changed = withSetting(draft.value, 'seed', 3);
    expect(activeOverride(withSetting(changed, 'seed', LENT.settings.seed))).toBe(formOverride.value);
    expect(activeOverride(withRejected(LENT, 'seed', 'x'))).toBeNull();
  });

  it('is as before where the start fails', async () => {
    const { draft, begin } = made();
    await expect(begin('a', new Error('no'))).rejects.toThrow('no');
    expect(draft.value).toBe(BEFORE);
    expect(formOverride.value).toBeNull();
  });

  it('stays overridden for the same run started again, also where that fails', async () => {
    const { draft, view, begin } = made();
    await begin('a');
    await begin('b');
    expect(draft.value).toBe(LENT);
    await expect(begin('c', new Error('no'))).rejects.toThrow('no');
    expect(view.value.runId).toBe('b');
    expect(draft.value).toBe(LENT);
    expect(ownDraft(draft.value)).toBe(BEFORE);
    view.value = emptyRun();
    expect(draft.value).toBe(BEFORE);
  });
});

describe('Start', () => {
  const FORK: NextFork = { runId: 'r', stage: 'heads', runLabel: 'That run' };

  function withSession() {
    const { draft, view, begun, begin } = made();
    const start = vi.fn((_: StartRequest) => begun('from the form')());
    const step = vi.fn(async () => {});
    let done: Promise<unknown> = Promise.resolve();
    const session = {
      shown: view,
      training: computed(() => isActive(view.value.phase)),
      draft,
      alerts: signal([]),
      library: { nextFork: signal<NextFork | null>(null) },
      start,
      trainer: { step },
      act: (command: () => Promise<unknown>) => {
        done = command();
        return done;
      },
    };
    const page = { session: session as unknown as Session, help: signal(false) };
    const press = async (button: 'toggle' | 'start' | 'step'): Promise<string | null> => {
      pressAction(actionOf(button), page);
      await done;
      return view.value.runId;
    };
    const afterLending = async (): Promise<void> => {
      await begin('a');
      view.value = { ...view.value, phase: 'done' };
    };
    return { draft, session, start, step, press, afterLending };
  }

  it.each(['toggle', 'start', 'step'] as const)(
    '(%s) begins an overriding run again as it was',
    async (button) => {
      const { press, afterLending, start, step } = withSession();
      await afterLending();
      expect(await press(button)).toBe('a again');
      expect(start).not.toHaveBeenCalled();
      expect(step).toHaveBeenCalledTimes(button === 'step' ? 1 : 0);
    },
  );

  it('begins what the form says once that was changed', async () => {
    const { draft, press, afterLending, start } = withSession();
    await afterLending();
    draft.value = withSetting(draft.value, 'seed', 3);
    expect(await press('toggle')).toBe('from the form');
    expect(start.mock.calls).toEqual([[{ preset: LENT.preset, settings: draft.value.settings }]]);
  });

  it('begins after a stage of a run where that was chosen', async () => {
    const { session, press, afterLending, start } = withSession();
    await afterLending();
    session.library.nextFork.value = FORK;
    expect(await press('toggle')).toBe('from the form');
    expect(start.mock.calls[0]?.[0]).toMatchObject({
      name: 'That run, on from Heads',
      fork: { runId: 'r', stage: 'heads' },
    });
    expect(session.library.nextFork.value).toBeNull();
  });
});
