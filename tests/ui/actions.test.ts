// The table of actions: keys, buttons and programs' commands come from it, and none contradicts another.

import { signal } from '@preact/signals';
import { describe, expect, it, vi } from 'vitest';
import {
  ACTIONS,
  type Action,
  type ButtonState,
  type Page,
  toggleLabel,
} from '../../src/ui/commands/actions.ts';
import { createAutomation, fromBase64, toBase64 } from '../../src/ui/commands/automation.ts';
import { actionOfKey } from '../../src/ui/commands/keys.ts';

// The commands know the views by the address.
vi.hoisted(() => vi.stubGlobal('location', { hash: '' }));

const actions: readonly Action[] = ACTIONS;

describe('the table of actions', () => {
  it('names each action and each key once, and every key and button does something', () => {
    const names = actions.map(({ name }) => name);
    const keys = actions.flatMap(({ key }) => key?.press ?? []);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { name, key, button, press } of actions)
      expect([name, press !== undefined]).toEqual([name, key !== undefined || button !== undefined]);
  });

  it('offers the buttons that fit the phase', () => {
    const enabled = (state: ButtonState) =>
      actions
        .filter(
          ({ button }) => button && button.shown?.(state) !== false && button.enabled?.(state) !== false,
        )
        .map(({ name }) => name);
    expect(enabled({ phase: 'idle', resumable: false })).toEqual(['toggle', 'step']);
    expect(enabled({ phase: 'starting', resumable: false })).toEqual(['stop']);
    expect(enabled({ phase: 'running', resumable: false })).toEqual(['toggle', 'step', 'stop', 'reset']);
    expect(enabled({ phase: 'stopped', resumable: true })).toEqual(['toggle', 'start', 'step', 'reset']);
    expect(toggleLabel({ phase: 'running', resumable: false })).toBe('Pause');
    expect(toggleLabel({ phase: 'stopped', resumable: true })).toBe('Go on');
  });
});

describe('actionOfKey', () => {
  const press = { key: ' ', ctrlKey: false, metaKey: false, altKey: false, repeat: false };
  const nameOf = (pressed: typeof press, focus: string) => actionOfKey(pressed, focus)?.name;

  it('knows its keys and keeps out of fields and buttons', () => {
    expect(nameOf(press, 'body')).toBe('toggle');
    expect(nameOf(press, 'BUTTON')).toBeUndefined();
    expect(nameOf({ ...press, key: '.' }, 'BUTTON')).toBe('step');
    expect(nameOf({ ...press, key: 'R' }, 'body')).toBe('reset');
    expect(nameOf({ ...press, key: '?' }, 'body')).toBe('help');
    expect(nameOf({ ...press, key: '?' }, 'INPUT')).toBeUndefined();
    expect(nameOf({ ...press, ctrlKey: true }, 'body')).toBeUndefined();
    expect(nameOf({ ...press, repeat: true }, 'body')).toBeUndefined();
  });
});

describe('window.cosmo', () => {
  it('forwards the commands of the table to the train worker, with errors as text', async () => {
    const asked: unknown[] = [];
    const command =
      (name: string) =>
      async (...args: unknown[]) =>
        void asked.push([name, ...args]);
    const trainer = { pause: command('pause'), resume: command('resume'), skip: command('skip') };
    const step = async () => {
      throw new Error('no run');
    };
    const session = { trainer: { ...trainer, step }, stop: command('stop') };
    const page = { session, help: signal(false) } as unknown as Page;
    const cosmo = createAutomation(page, Promise.resolve());
    await cosmo.pause();
    await cosmo.resume();
    await cosmo.skip('sft');
    await cosmo.stop();
    expect(asked).toEqual([['pause'], ['resume'], ['skip', 'sft'], ['stop']]);
    await expect(cosmo.step()).rejects.toThrow(/^cosmo:\{.*"no run"/);
  });
});

describe('base64', () => {
  it('gives back the bytes', () => {
    const bytes = Uint8Array.from({ length: 20_001 }, (_, index) => (index * 31) % 256);
    expect(fromBase64(toBase64(bytes))).toEqual(bytes);
    expect(toBase64(new Uint8Array())).toBe('');
  });
});
