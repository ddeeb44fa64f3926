// The version of the code, written into every run and bundle.

/** Kept equal to package.json by a test. */
export const CODE_VERSION = '0.1.0';
