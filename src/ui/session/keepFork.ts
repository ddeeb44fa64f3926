// Keeps the place where the next run begins over a reload of the tab, if the form comes back as it was.

import { computed, effect, type Signal } from '@preact/signals';
import { toQuery } from '../../config/index.ts';
import type { Draft } from '../state/form/draft.ts';
import type { NextFork } from './library.ts';
import { rememberedFork, rememberFork } from './tabMemory.ts';

/** With other settings than those that it was chosen with, a run would begin there that nobody asked for, or none. */
export function keepFork(draft: Signal<Draft>, nextFork: Signal<NextFork | null>): void {
  const form = computed(() => toQuery(draft.value.settings, draft.value.preset));
  const before = rememberedFork();
  if (before?.form === form.value) nextFork.value = before.fork;
  effect(() => rememberFork(nextFork.value && { fork: nextFork.value, form: form.value }));
}
