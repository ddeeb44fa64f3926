// The folder of the released models, read without a page.

import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Releases } from '../../releases/releases.ts';
import { type BundleContents, exportRun, MemoryStore, readBundle } from '../../storage/index.ts';

/** The released models, which the build copies into the page. */
export const MODELS_FOLDER = 'public/models';

/** As the page reads it: the same code, another way to get at the files. */
export function releasesIn(folder: string): Releases {
  return new Releases(async (path) => {
    const file = join(folder, path);
    return existsSync(file) ? new Uint8Array(readFileSync(file)) : null;
  });
}

/** The names of the released models. */
export async function releasedNames(): Promise<string[]> {
  return (await releasesIn(MODELS_FOLDER).list()).map(({ name }) => name);
}

/** The run that a released model stands for, by its folder or by its name alone; null where it is none. */
export async function releasedContents(path: string): Promise<BundleContents | null> {
  const folder = basename(path) === path ? MODELS_FOLDER : dirname(path);
  const releases = releasesIn(folder);
  const found = (await releases.list()).find(({ name }) => name === basename(path));
  if (!found) return null;
  const store = new MemoryStore();
  return readBundle(await exportRun(store, await releases.adopt(store, found.name)));
}
