// Builds what runs in the browser: the WebAssembly kernels and the page, each only when its sources have changed.

import { existsSync } from 'node:fs';
import { sourcesOfTree } from './codeIdentity.ts';
import { binOf, runNode } from './process.ts';
import { hashSources, stampIs, writeStamp } from './sourceHash.ts';

const KERNELS_DIR = 'src/engine/wasm/kernels';
const KERNELS_ENTRY = `${KERNELS_DIR}/index.ts`;

/** How the kernels are compiled: memory comes from outside (the arena), and there is no runtime or collector. */
const ASC_FLAGS =
  '-O3 --noAssert --runtime stub --enable simd --importMemory --initialMemory 16 --maximumMemory 65536'.split(
    ' ',
  );

/** The same source twice: for one thread, and for a memory that threads share. */
const KERNEL_BUILDS = [
  { stamp: 'kernels', out: 'src/engine/wasm/kernels.wasm', flags: ASC_FLAGS },
  {
    stamp: 'kernelsShared',
    out: 'src/engine/wasm/kernelsShared.wasm',
    flags: [...ASC_FLAGS, '--enable', 'threads', '--sharedMemory'],
  },
];

/** Compiles src/engine/wasm/kernels to its two .wasm files. @throws on a compiler error. */
export async function ensureKernels(force = false): Promise<void> {
  for (const { stamp, out, flags } of KERNEL_BUILDS) {
    const hash = hashSources([KERNELS_DIR, 'package-lock.json'], flags.join(' '));
    if (!force && existsSync(out) && stampIs(stamp, hash)) continue;
    console.log(`Building the WebAssembly kernels (${out}) ...`);
    const code = await runNode([binOf('assemblyscript', 'asc'), KERNELS_ENTRY, '-o', out, ...flags]);
    if (code !== 0) throw new Error('The WebAssembly kernels do not compile (see above).');
    writeStamp(stamp, hash);
  }
}

/** Builds the kernels and the page into dist/. @throws on a build error. */
export async function ensurePage(force = false): Promise<void> {
  await ensureKernels();
  // The page tells its commit, so that another one is another page.
  const stamp = JSON.stringify(sourcesOfTree());
  if (!force && existsSync('dist/index.html') && stampIs('page', stamp)) return;
  console.log('Building the page ...');
  // Loaded where it builds: that takes a second, and most commands find the page built.
  const { build } = await import('vite');
  await build({ logLevel: 'warn' });
  writeStamp('page', stamp);
}
