// The form while a run of the opening is on view, what Start does then, and the form after it.

import { computed, type Signal, signal } from '@preact/signals';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { StartRequest } from '../../src/protocol/messages.ts';
import { actionOf, press as pressAction } from '../../src/ui/commands/actions.ts';
import type { Session } from '../../src/ui/session/session.ts';
import { type Draft, draftOfPreset, withRejected, withSetting } from '../../src/ui/state/form/draft.ts';
import type { Form, StartPoint } from '../../src/ui/state/form/startPoint.ts';
import {
  activeOverride,
  endOverrides,
  formOverride,
  overrideForm,
  ownForm,
  putForm,
  readForm,
} from '../../src/ui/state/run/formOverride.ts';
import { emptyRun, isActive, type RunState } from '../../src/ui/state/run/runState.ts';

// The commands know the views by the address, and where one is in the window.
vi.hoisted(() => {
  vi.stubGlobal('location', { hash: '' });
  vi.stubGlobal('scrollY', 0);
  vi.stubGlobal('scrollTo', () => {});
  vi.stubGlobal('matchMedia', () => ({ matches: false }));
});

const BEFORE: Form = { draft: draftOfPreset('quick'), start: { runId: 'r', stage: 'sft' } };
const LENT: Form = { draft: draftOfPreset('smoke+grpo'), start: { model: 'qwen-mini', stage: 'heads' } };

let stop = () => {};

afterEach(() => {
  stop();
  formOverride.value = null;
});

function made() {
  const draft: Signal<Draft> = signal(BEFORE.draft);
  const startPoint: Signal<StartPoint | null> = signal(BEFORE.start);
  const form = { draft, startPoint };
  const view: Signal<RunState> = signal(emptyRun());
  stop = endOverrides(form, view);
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
    overrideForm(form, { form: LENT, name: 'Lent' }, begun(runId, problem));
  return { form, view, begun, begin };
}

describe('a form that is overridden', () => {
  it('holds what is trained while that run is on view, and then what it held before', async () => {
    const { form, view, begin } = made();
    const override = begin('a');
    expect(readForm(form)).toEqual(LENT);
    await override;
    view.value = { ...view.value, phase: 'done' };
    expect(readForm(form)).toEqual(LENT);
    expect(ownForm(readForm(form))).toEqual(BEFORE);
    view.value = emptyRun();
    expect(readForm(form)).toEqual(BEFORE);
    form.draft.value = LENT.draft;
    view.value = emptyRun('b', 'running');
    expect(form.draft.value).toBe(LENT.draft);
    expect(ownForm(readForm(form)).draft).toBe(LENT.draft);
  });

  it.each<[string, Partial<Form>]>([
    ['settings', { draft: withSetting(LENT.draft, 'seed', 3) }],
    ['starting point', { start: null }],
  ])('stays as the user has changed its %s', async (_, change) => {
    const { form, view, begin } = made();
    await begin('a');
    const changed = { ...LENT, ...change };
    putForm(form, changed);
    expect(ownForm(readForm(form))).toEqual(changed);
    view.value = emptyRun();
    expect(readForm(form)).toEqual(changed);
  });

  it('counts as unchanged once a change is taken back, and not with a field that is not in order', async () => {
    const { begin } = made();
    await begin('a');
    const back = withSetting(withSetting(LENT.draft, 'seed', 3), 'seed', LENT.draft.settings.seed);
    expect(activeOverride({ ...LENT, draft: back })).toBe(formOverride.value);
    expect(activeOverride({ ...LENT, draft: withRejected(LENT.draft, 'seed', 'x') })).toBeNull();
  });

  it('is as before where the start fails', async () => {
    const { form, begin } = made();
    await expect(begin('a', new Error('no'))).rejects.toThrow('no');
    expect(readForm(form)).toEqual(BEFORE);
    expect(formOverride.value).toBeNull();
  });

  it('stays overridden for the same run started again, also where that fails', async () => {
    const { form, view, begin } = made();
    await begin('a');
    await begin('b');
    expect(readForm(form)).toEqual(LENT);
    await expect(begin('c', new Error('no'))).rejects.toThrow('no');
    expect(view.value.runId).toBe('b');
    expect(readForm(form)).toEqual(LENT);
    expect(ownForm(readForm(form))).toEqual(BEFORE);
    view.value = emptyRun();
    expect(readForm(form)).toEqual(BEFORE);
  });
});

describe('Start', () => {
  function withSession() {
    const { form, view, begun, begin } = made();
    const start = vi.fn((_: StartRequest) => begun('from the form')());
    const step = vi.fn(async () => {});
    let done: Promise<unknown> = Promise.resolve();
    const session = {
      shown: view,
      record: signal(undefined),
      names: signal(new Map([['r', 'That run']])),
      training: computed(() => isActive(view.value.phase)),
      ...form,
      alerts: signal([]),
      library: { refresh: async () => {} },
      inspector: { adopt: async (model: string) => `released-${model}-12345678` },
      start,
      trainer: { step },
      act: (command: () => Promise<unknown>) => {
        done = command();
        return done;
      },
    };
    const page = { session: session as unknown as Session, help: signal(false) };
    const press = async (button: 'toggle' | 'start' | 'step'): Promise<StartRequest | undefined> => {
      pressAction(actionOf(button), page);
      await done;
      return start.mock.calls[0]?.[0];
    };
    const afterLending = async (): Promise<void> => {
      await begin('a');
      view.value = { ...view.value, phase: 'done' };
    };
    return { form, view, step, press, afterLending };
  }

  const FROM_RELEASE = { fork: { runId: 'released-qwen-mini-12345678', stage: 'heads' } };

  it.each(['toggle', 'start', 'step'] as const)(
    '(%s) begins an overriding run again as it was, from the released model',
    async (button) => {
      const { form, view, press, afterLending, step } = withSession();
      await afterLending();
      expect(await press(button)).toEqual({ ...LENT.draft, name: 'Lent', ...FROM_RELEASE });
      expect(step).toHaveBeenCalledTimes(button === 'step' ? 1 : 0);
      view.value = emptyRun();
      expect(readForm(form), 'the form comes back').toEqual(BEFORE);
    },
  );

  it('keeps the starting point where a setting was changed', async () => {
    const { form, press, afterLending } = withSession();
    await afterLending();
    form.draft.value = withSetting(LENT.draft, 'beta', 0.3);
    expect(await press('toggle')).toMatchObject({
      name: 'qwen-mini, on from Heads',
      settings: form.draft.value.settings,
      ...FROM_RELEASE,
    });
  });

  it('begins after a stage of a stored run where that was chosen, and does so again', async () => {
    const { form, press } = withSession();
    expect(await press('toggle')).toEqual({
      ...BEFORE.draft,
      name: 'That run, on from SFT',
      fork: { runId: 'r', stage: 'sft' },
    });
    expect(readForm(form)).toEqual(BEFORE);
  });

  it('trains whole where the starting point was taken back', async () => {
    const { form, press } = withSession();
    form.startPoint.value = null;
    expect(await press('toggle')).toEqual(BEFORE.draft);
  });
});
