// What the page remembers across a reload: the run that this tab had on view, where its next one begins, and whether runs resume by
// themselves.

import { computed, effect, type Signal } from '@preact/signals';
import { toQuery } from '../../config/index.ts';
import type { Draft } from '../state/form/draft.ts';
import type { NextFork } from './library.ts';

const VIEWED = 'cosmo-run-on-view';
const NEXT_FORK = 'cosmo-next-fork';
const RESUMES = 'cosmo-resumes-by-itself';

/** A browser may forbid its storage; then nothing is remembered. */
function stored(storage: 'localStorage' | 'sessionStorage'): Storage | null {
  try {
    return globalThis[storage] ?? null;
  } catch {
    return null;
  }
}

function remember(storage: Storage | null, key: string, value: string | null): void {
  if (value === null) storage?.removeItem(key);
  else storage?.setItem(key, value);
}

/** Of this tab alone. A reload and a duplicate of the tab know it. */
export function viewedRun(): string | null {
  return stored('sessionStorage')?.getItem(VIEWED) ?? null;
}

export function rememberViewedRun(runId: string | null): void {
  remember(stored('sessionStorage'), VIEWED, runId);
}

/** `form`: the settings that the form held with it, as a query. */
type RememberedFork = { fork: NextFork; form: string };

/** Of this tab alone; null where what is read is none. */
function rememberedFork(): RememberedFork | null {
  try {
    const { fork, form } = JSON.parse(stored('sessionStorage')?.getItem(NEXT_FORK) ?? 'null');
    const { runId, stage, runLabel } = fork;
    const isText = [runId, stage, runLabel, form].every((each) => typeof each === 'string');
    return isText ? { fork: { runId, stage, runLabel }, form } : null;
  } catch {
    return null;
  }
}

export function resumesByItself(): boolean {
  return stored('localStorage')?.getItem(RESUMES) !== 'no';
}

export function rememberResumes(byItself: boolean): void {
  remember(stored('localStorage'), RESUMES, byItself ? null : 'no');
}

/** Keeps the place where the next run begins over a reload of the tab, if the form comes back as it was. */
export function keepFork(draft: Signal<Draft>, nextFork: Signal<NextFork | null>): void {
  const form = computed(() => toQuery(draft.value.settings, draft.value.preset));
  const before = rememberedFork();
  if (before?.form === form.value) nextFork.value = before.fork;
  effect(() => {
    const remembered: RememberedFork | null = nextFork.value && { fork: nextFork.value, form: form.value };
    remember(stored('sessionStorage'), NEXT_FORK, remembered && JSON.stringify(remembered));
  });
}
