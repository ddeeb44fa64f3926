// Before any unit test: the kernels are built where their sources have changed.

import { ensureKernels } from '../../src/tooling/build.ts';

export async function setup(): Promise<void> {
  await ensureKernels();
}
