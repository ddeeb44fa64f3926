// What the built page loads before it is drawn, and what each view adds when it is opened: gzip sizes against their limits.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Scripts and styles before the first paint, and those of one view, in KB gzip. */
const FIRST_LIMIT_KB = 110;
const VIEW_LIMIT_KB = 40;
const VIEWS = /^src\/ui\/views\/\w+\/(\w+)View\.tsx$/;

/** The part of Vite's manifest that is read: files by the module that they begin with. */
export type Manifest = {
  [module: string]: { file: string; imports?: readonly string[]; css?: readonly string[] };
};
/** Sizes in KB gzip. */
export type PageWeight = { name: string; sizeKb: number; limitKb: number };

/** A module's files with those of all that it imports at once. */
function filesOf(manifest: Manifest, module: string, found = new Set<string>()): Set<string> {
  const { file, imports = [], css = [] } = manifest[module]!;
  if (found.has(file)) return found;
  for (const one of [file, ...css]) found.add(one);
  for (const one of imports) filesOf(manifest, one, found);
  return found;
}

/** `sizeKb`: of a file of the build. */
export function weigh(manifest: Manifest, sizeKb: (file: string) => number): PageWeight[] {
  const sum = (files: Iterable<string>) => [...files].reduce((total, file) => total + sizeKb(file), 0);
  const first = filesOf(manifest, 'index.html').add('index.html');
  const views = Object.keys(manifest).flatMap((module) => {
    const name = VIEWS.exec(module)?.[1];
    if (name === undefined) return [];
    const own = [...filesOf(manifest, module)].filter((file) => !first.has(file));
    return [{ name: `view ${name}`, sizeKb: sum(own), limitKb: VIEW_LIMIT_KB }];
  });
  return [{ name: 'before the first paint', sizeKb: sum(first), limitKb: FIRST_LIMIT_KB }, ...views];
}

/** Weights of the page in dist/. @throws where it is not built. */
export function pageWeights(): PageWeight[] {
  const manifest = JSON.parse(readFileSync('dist/.vite/manifest.json', 'utf8')) as Manifest;
  return weigh(manifest, (file) => gzipSync(readFileSync(join('dist', file)), { level: 9 }).length / 1024);
}

/** One line for each, and how many are over their limit. */
export function weightReport(weights: readonly PageWeight[]): { lines: string[]; over: number } {
  const lines = weights.map(({ name, sizeKb, limitKb }) => {
    const verdict = sizeKb > limitKb ? '  TOO LARGE' : '';
    return `${sizeKb.toFixed(1).padStart(7)} KB of ${limitKb}  ${name}${verdict}`;
  });
  return { lines, over: weights.filter(({ sizeKb, limitKb }) => sizeKb > limitKb).length };
}
