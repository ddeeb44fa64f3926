// A folder on disk for one test, gone when the test has ended.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** The path of a new folder; call it in a test or in a hook before each. */
export function testFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `cosmo-${name}-`));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
