// The code that runs: what the build knew of it, or in Node the version of package.json alone.

import packageJson from '../../package.json' with { type: 'json' };
import { type CodeIdentity, codeOfVersion } from '../terms/origin.ts';

declare global {
  /** Put in by the build (vite.config.ts), which then leaves package.json out of the page. */
  const __COSMO_CODE__: CodeIdentity | undefined;
}

export const CODE: CodeIdentity =
  typeof __COSMO_CODE__ === 'undefined' ? codeOfVersion(packageJson.version) : __COSMO_CODE__;
