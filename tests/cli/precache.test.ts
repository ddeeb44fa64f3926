// The list of the page's files in its service worker: a change of any of them makes another service worker.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { precache, SERVICE_WORKER } from '../../src/tooling/precache.ts';
import { testFolder } from '../support/testFolder.ts';

type Handler = { handler: (options: object, bundle: object) => void };

/** The code of the service worker of a build with these copied files. */
function built(icon: string): string {
  const folder = testFolder('precache');
  writeFileSync(join(folder, 'icon.svg'), icon);
  const worker = { type: 'chunk', code: 'keep(__PRECACHE__)', imports: [] };
  const bundle = { [SERVICE_WORKER]: worker, 'index.html': { type: 'asset', source: '<p>' } };
  (precache(folder).generateBundle as unknown as Handler).handler({}, bundle);
  return worker.code;
}

test('CASES 27: a changed icon alone gives another service worker', () => {
  expect(built('<svg/>')).toEqual(built('<svg/>'));
  expect(built('<svg id="new"/>')).not.toEqual(built('<svg/>'));
  expect(built('<svg/>')).toContain('"files":["icon.svg","index.html"]');
});
