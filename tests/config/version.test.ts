// The version in the code is that of the package.

import { expect, test } from 'vitest';
import packageJson from '../../package.json';
import { CODE_VERSION } from '../../src/config/index.ts';

test('the code version is that of package.json', () => {
  expect(CODE_VERSION).toBe(packageJson.version);
});
