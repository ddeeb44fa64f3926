// Builds what runs in the browser: the WebAssembly kernels and the page, each only when its sources have changed.

import { constants, cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { PlaygroundError } from '../base/errors.ts';
import type { CodeIdentity } from '../terms/origin.ts';
import { sourcesOfTree } from './codeIdentity.ts';
import { inFolder, isReadOnly } from './folderLock.ts';
import { binOf, runNode } from './process.ts';
import { PAGE_FOLDER } from './serve.ts';
import { hashSources, STAMP_DIR, stampIs, writeStamp } from './sourceHash.ts';
import { replaceFolder, writeWhole } from './wholeFile.ts';

const { version } = packageJson;
/** What a copied page is built of, or runs in Node are trained with. */
const CODE_FILE = 'code.json';
/** How often the page is built where its sources change meanwhile. */
const BUILD_ATTEMPTS = 3;

const KERNELS_DIR = 'src/engine/wasm/kernels';
const KERNELS_ENTRY = `${KERNELS_DIR}/index.ts`;

/** How the kernels are compiled: memory comes from outside (the arena), and there is no runtime or collector. */
const ASC_FLAGS =
  '-O3 --noAssert --runtime stub --enable simd --importMemory --initialMemory 16 --maximumMemory 65536'.split(
    ' ',
  );

const SHARED_FLAGS = [...ASC_FLAGS, '--enable', 'threads', '--sharedMemory'];
const FUSED = ['--enable', 'relaxed-simd'];

/** The same source four times: for one thread or for a memory that threads share, with products and sums apart or fused. */
const KERNEL_BUILDS = [
  { name: 'kernels', flags: ASC_FLAGS },
  { name: 'kernelsShared', flags: SHARED_FLAGS },
  { name: 'kernelsFused', flags: [...ASC_FLAGS, ...FUSED] },
  { name: 'kernelsSharedFused', flags: [...SHARED_FLAGS, ...FUSED] },
];

/** Two processes never build at the same time: they write the same files. Where nothing can be written, what is built is used. */
const building = <T>(action: () => Promise<T>): Promise<T> =>
  isReadOnly(STAMP_DIR) ? action() : inFolder(STAMP_DIR, console.log, action);

/** Compiles src/engine/wasm/kernels to its .wasm files. @throws on a compiler error. */
export function ensureKernels(force = false): Promise<void> {
  return building(() => buildKernels(force));
}

/** Builds the kernels for a run in Node. Gives the code of the sources as they are now. @throws on a compiler error. */
export function kernelsOfTree(): Promise<CodeIdentity> {
  return building(async () => {
    await buildKernels(false);
    return { version, ...sourcesOfTree() };
  });
}

async function buildKernels(force: boolean): Promise<void> {
  for (const { name, flags } of KERNEL_BUILDS) {
    const out = `src/engine/wasm/${name}.wasm`;
    const hash = hashSources([KERNELS_DIR, 'package-lock.json'], flags.join(' '));
    if (!force && existsSync(out) && stampIs(name, hash)) continue;
    console.log(`Building the WebAssembly kernels (${out}) ...`);
    const code = await runNode([binOf('assemblyscript', 'asc'), KERNELS_ENTRY, '-o', out, ...flags]);
    if (code !== 0) throw new Error('The WebAssembly kernels do not compile (see above).');
    writeStamp(name, hash);
  }
}

/** Builds the kernels and the page into dist/. @throws on a build error. */
export async function ensurePage(force = false): Promise<void> {
  await building(() => buildPage(force));
}

/** A copy of the page as it is built of the sources now, whole or absent. Gives its code. @throws on a build error. */
export function freezePage(folder: string): Promise<CodeIdentity> {
  return building(async () => {
    const code = await buildPage(false);
    replaceFolder(folder, (part) => {
      cpSync(PAGE_FOLDER, part, { recursive: true, mode: constants.COPYFILE_FICLONE });
      writeFileSync(join(part, CODE_FILE), codeJson(code));
    });
    return code;
  });
}

/** The same for runs in Node, which are trained with the sources as they are: their code alone is put there. */
export async function freezeCode(folder: string): Promise<CodeIdentity> {
  const code = await kernelsOfTree();
  writeWhole(join(folder, CODE_FILE), codeJson(code));
  return code;
}

const codeJson = (code: CodeIdentity) => `${JSON.stringify(code, null, 2)}\n`;

/** The code that `freezePage` or `freezeCode` has put there; null where there is none. */
export function frozenCode(folder: string): CodeIdentity | null {
  try {
    return JSON.parse(readFileSync(join(folder, CODE_FILE), 'utf8')) as CodeIdentity;
  } catch {
    return null;
  }
}

/** Gives the code that dist/ is built of then. */
async function buildPage(force: boolean): Promise<CodeIdentity> {
  await buildKernels(false);
  for (let attempt = 1; attempt <= BUILD_ATTEMPTS; attempt++) {
    // The page tells its commit, so that another one is another page.
    const sources = sourcesOfTree();
    const stamp = JSON.stringify(sources);
    const built = existsSync(`${PAGE_FOLDER}/index.html`) && stampIs('page', stamp);
    if (built && !(force && attempt === 1)) return { version, ...sources };
    console.log('Building the page ...');
    // Loaded where it builds: that takes a second, and most commands find the page built.
    const { build } = await import('vite');
    await build({ logLevel: 'warn' });
    writeStamp('page', stamp);
    // Where a source was edited meanwhile, nobody knows what the page is built of.
  }
  throw new PlaygroundError(
    'busy',
    'The sources change while the page is built.',
    'Run the command again when they stay as they are.',
  );
}
