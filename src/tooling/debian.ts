// Installs packages on a Debian machine where that is possible without asking: as root, with apt-get.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Root on Debian itself: on its relatives the package of a name may be missing or a stub. */
export function isDebianRoot(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/etc/os-release'))
    return false;
  return /^ID="?debian"?$/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/** Installs packages and says so; what apt-get printed is shown only where it failed. */
export function installOnDebian(packages: readonly string[], announcement: string): void {
  console.log(announcement);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
    const result = spawnSync('apt-get', ['-q', ...args], { env, encoding: 'utf8', maxBuffer: 1 << 28 });
    if (result.status === 0) continue;
    console.error(`${result.stdout ?? ''}${result.stderr ?? ''}`);
    return;
  }
}
