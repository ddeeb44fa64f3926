// `npm run build` and `npm run build:wasm`.

import { ensureKernels, ensurePage } from '../tooling/build.ts';

export async function main(args: readonly string[]): Promise<number> {
  const kernels = await ensureKernels(true);
  if (kernels === 'absent') console.log('There are no WebAssembly kernels to build.');
  if (args.includes('--only-kernels')) return 0;
  await ensurePage(true);
  console.log('Built dist/.');
  return 0;
}
