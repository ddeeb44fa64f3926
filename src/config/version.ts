// The code that runs: its version from package.json, and what the build knew of its sources.

import packageJson from '../../package.json' with { type: 'json' };
import { type CodeIdentity, codeOfVersion } from '../terms/origin.ts';

const { version } = packageJson;

declare global {
  /** Put in by the build (vite.config.ts): all of `CodeIdentity` but the version. */
  const __COSMO_SOURCES__: Omit<CodeIdentity, 'version'> | undefined;
}

export const CODE: CodeIdentity =
  typeof __COSMO_SOURCES__ === 'undefined' ? codeOfVersion(version) : { version, ...__COSMO_SOURCES__ };
