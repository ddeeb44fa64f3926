// Whether the settings stand beside the run: who comes with settings in the address sees them from the start.

import { type Signal, signal } from '@preact/signals';

export const settingsOpen: Signal<boolean> = signal(false);
