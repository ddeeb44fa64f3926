// `npm run build` and `npm run build:wasm`.

import { ensureKernels, ensurePage } from '../tooling/build.ts';
import { command } from './command.ts';
import { switchFlag } from './flag.ts';

export const main = command({
  line: 'npm run build',
  about: 'Builds the kernels, and the page into dist/.',
  flags: { onlyKernels: switchFlag('Builds the kernels alone, as npm run build:wasm does.') },
  run: async ({ onlyKernels }) => {
    await ensureKernels(true);
    if (onlyKernels) return;
    await ensurePage(true);
    console.log('Built dist/.');
  },
});
