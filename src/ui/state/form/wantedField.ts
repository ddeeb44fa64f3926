// The field of the form that is to get the focus, e.g. for it holds what cannot be used.

import { type Signal, signal } from '@preact/signals';
import type { SettingKey } from '../../../config/index.ts';

/** Null once the field has the focus. */
export const wantedField: Signal<SettingKey | null> = signal(null);
