// What the page remembers across a reload: the run that this tab had on view, where its next one begins, and whether runs resume by
// themselves.

import { computed, effect, type Signal } from '@preact/signals';
import { toQuery } from '../../config/index.ts';
import { readText, writeText } from '../browser/preferences.ts';
import type { Draft } from '../state/form/draft.ts';
import type { NextFork } from './library.ts';

const VIEWED = 'cosmo-run-on-view';
const NEXT_FORK = 'cosmo-next-fork';
const RESUMES = 'cosmo-resumes-by-itself';

/** Of this tab alone. A reload and a duplicate of the tab know it. */
export function viewedRun(): string | null {
  return readText('sessionStorage', VIEWED);
}

export function rememberViewedRun(runId: string | null): void {
  writeText('sessionStorage', VIEWED, runId);
}

/** `form`: the settings that the form held with it, as a query. */
type RememberedFork = { fork: NextFork; form: string };

/** Of this tab alone; null where what is read is none. */
function rememberedFork(): RememberedFork | null {
  try {
    const { fork, form } = JSON.parse(readText('sessionStorage', NEXT_FORK) ?? 'null');
    const { runId, stage, runLabel } = fork;
    const isText = [runId, stage, runLabel, form].every((each) => typeof each === 'string');
    return isText ? { fork: { runId, stage, runLabel }, form } : null;
  } catch {
    return null;
  }
}

export function resumesByItself(): boolean {
  return readText('localStorage', RESUMES) !== 'no';
}

export function rememberResumes(byItself: boolean): void {
  writeText('localStorage', RESUMES, byItself ? null : 'no');
}

/** Keeps the place where the next run begins over a reload of the tab, if the form comes back as it was. */
export function keepFork(draft: Signal<Draft>, nextFork: Signal<NextFork | null>): void {
  const form = computed(() => toQuery(draft.value.settings, draft.value.preset));
  const before = rememberedFork();
  if (before?.form === form.value) nextFork.value = before.fork;
  effect(() => {
    const remembered: RememberedFork | null = nextFork.value && { fork: nextFork.value, form: form.value };
    writeText('sessionStorage', NEXT_FORK, remembered && JSON.stringify(remembered));
  });
}
