// Files chosen or dropped: each is taken for itself, and a drop beside the card opens nothing.

import { signal } from '@preact/signals';
import { expect, test } from 'vitest';
import { PlaygroundError } from '../../src/base/errors.ts';
import { droppedFiles, preventStrayDrops } from '../../src/ui/browser/fileDrops.ts';
import type { Session } from '../../src/ui/session/session.ts';
import { importFiles } from '../../src/ui/views/runs/importFiles.ts';

const file = (name: string) => new File(['x'], name);

/** A session that imports every file but those of this code, and what it says. */
function importing(code: 'bad-bundle' | 'disk-full', busy = false) {
  const said: string[] = [];
  const imported: string[] = [];
  const session = {
    busy: signal(busy),
    names: signal(new Map()),
    library: {
      importFile: async ({ name }: File) => {
        if (name.startsWith('bad')) throw new PlaygroundError(code, `${name}: It is bad.`, 'Choose another.');
        imported.push(name);
        return name;
      },
    },
    act: (command: () => Promise<unknown>) => command(),
    report: (error: PlaygroundError) => said.push(error.message),
    inform: (message: string) => said.push(message),
  };
  const take = (files: File[], folders: string[] = []) =>
    importFiles(session as unknown as Session, files, folders, async () => undefined);
  return { take, said, imported };
}

test('CASES 23: one bad file never stops the next, and each is named', async () => {
  const { take, said, imported } = importing('bad-bundle');
  await take([file('a.zip'), file('bad1.zip'), file('b.zip'), file('bad2.zip')], ['runs']);
  expect(imported).toEqual(['a.zip', 'b.zip']);
  expect(said).toEqual([
    'runs: This is a folder.',
    '“a.zip” is imported.',
    'bad1.zip: It is bad.',
    '“b.zip” is imported.',
    'bad2.zip: It is bad.',
  ]);
});

test('CASES 23: a full disk ends the import, and what is left is named', async () => {
  const { take, said, imported } = importing('disk-full');
  await take([file('a.zip'), file('bad.zip'), file('b.zip'), file('c.zip')]);
  expect(imported).toEqual(['a.zip']);
  expect(said.slice(1)).toEqual(['bad.zip: It is bad.', 'Not imported: b.zip, c.zip.']);
});

test('CASES 23: files dropped during other work are named, not dropped silently', async () => {
  const { take, said, imported } = importing('bad-bundle', true);
  await take([file('a.zip')]);
  expect([imported, said]).toEqual([[], ['Not imported: a.zip.']]);
});

test('CASES 23: a dropped folder is told from a file', () => {
  const item = (name: string, isDirectory: boolean) => ({
    kind: 'file',
    getAsFile: () => file(name),
    webkitGetAsEntry: () => ({ isDirectory }),
  });
  const text = { kind: 'string', getAsFile: () => null };
  const transfer = { items: [item('a.zip', false), item('runs', true), text] } as unknown as DataTransfer;
  const { files, folders } = droppedFiles(transfer);
  expect([files.map(({ name }) => name), folders]).toEqual([['a.zip'], ['runs']]);
});

test('CASES 24: a file dropped beside the card is prevented; text, and what a card takes, is not touched', () => {
  const page = new EventTarget();
  const drag = (kind: string, type: string, taken = false) => {
    const dataTransfer = { types: [type], dropEffect: 'copy' };
    const event = Object.assign(new Event(kind, { cancelable: true }), { dataTransfer });
    if (taken) event.preventDefault();
    page.dispatchEvent(event);
    return [event.defaultPrevented, dataTransfer.dropEffect];
  };
  expect(drag('drop', 'Files')).toEqual([false, 'copy']);
  preventStrayDrops(page);
  for (const kind of ['dragover', 'drop']) {
    expect(drag(kind, 'Files')).toEqual([true, 'none']);
    expect(drag(kind, 'Files', true)).toEqual([true, 'copy']);
    expect(drag(kind, 'text/plain')).toEqual([false, 'copy']);
  }
});
