// Part of the build: writes the list of the page's files into its service worker.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Plugin } from 'vite';
import { filesBelow } from './sourceHash.ts';

export const SERVICE_WORKER = 'sw.js';
/** Models are large and fetched on demand; the manifest is for checks of the build. */
const LEFT_OUT = /^models\/|^\.vite\/|^sw\.js$|\.map$/;
const MARK = '__PRECACHE__';

/** Puts files and version into the service worker, whose code says `__PRECACHE__`. @throws where it does not. */
export function precache(publicFolder: string): Plugin {
  return {
    name: 'cosmo-precache',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const worker = bundle[SERVICE_WORKER];
        // Worker bundles pass through here too.
        if (!worker) return;
        if (worker.type !== 'chunk' || !worker.code.includes(MARK))
          throw new Error(`The service worker ${SERVICE_WORKER} has no place for the list of files.`);
        if (worker.imports.length > 0)
          throw new Error(`${SERVICE_WORKER} must stand alone, but imports ${worker.imports.join(', ')}.`);
        const copied = Array.from(filesBelow(publicFolder), (file) =>
          relative(publicFolder, file).split(sep).join('/'),
        );
        const files = [...new Set([...Object.keys(bundle), ...copied])]
          .filter((file) => !LEFT_OUT.test(file))
          .sort();
        const hash = createHash('sha256');
        for (const file of files) {
          const output = bundle[file];
          hash.update(`\0${file}\0`);
          if (output) hash.update(output.type === 'chunk' ? output.code : output.source);
          // Copied as it is, under a name that does not change with it.
          else hash.update(readFileSync(join(publicFolder, file)));
        }
        const version = hash.digest('hex').slice(0, 12);
        worker.code = worker.code.replaceAll(MARK, JSON.stringify({ version, files }));
      },
    },
  };
}
