// Whether tests can run WebGPU in Node here; on Debian as root, what they need is installed.

import { spawnSync } from 'node:child_process';
import { PlaygroundError } from '../base/errors.ts';
import { installOnDebian, isDebianRoot } from './debian.ts';

/** Mesa's OpenGL ES in software. libegl-dev only for the name `libEGL.so`, the one that Dawn opens. */
export const GL_PACKAGES = ['libegl1', 'libegl-dev', 'libgles2', 'libgl1-mesa-dri'] as const;

/** Test files of this name run WebGPU in Node. */
export const GPU_TESTS = '**/gpu*.test.ts';

type Probe = { adapter: string; complaint: null } | { adapter: null; complaint: string };

/** Opens a device in a process of its own: what Dawn prints is kept, and a crash of it ends nothing else. */
function probe(): Probe {
  const { status, stdout, stderr, signal } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'tests/engine/dawn.ts'],
    { encoding: 'utf8', timeout: 60_000 },
  );
  if (status === 0) return { adapter: stdout.trim(), complaint: null };
  return { adapter: null, complaint: complaintIn(stderr) ?? `it ended with ${signal ?? status}` };
}

/** The line that says why, among the warnings and the stack. */
export function complaintIn(stderr: string): string | null {
  const line = stderr.split('\n').find((text) => /^Dawn finds|^\w*Error\b/.test(text));
  return line?.replace(/\.$/, '') ?? null;
}

/** The adapter of WebGPU in Node, after an installation where that helps. @throws PlaygroundError saying what to install. */
export function requireNodeWebGpu(): string {
  let found = probe();
  if (found.adapter === null && isDebianRoot()) {
    installOnDebian(
      GL_PACKAGES,
      "There is no OpenGL ES here for WebGPU in Node: installing Mesa's with apt-get (about 50 MB) ...",
    );
    found = probe();
  }
  if (found.adapter !== null) return found.adapter;
  throw new PlaygroundError(
    'no-device',
    `WebGPU does not run in Node here (${found.complaint}): the tests in ${GPU_TESTS} are left out.`,
    process.platform === 'linux'
      ? `Install Mesa's OpenGL ES (on Debian: apt-get install ${GL_PACKAGES.join(' ')}).`
      : 'A graphics driver with Metal or Direct3D 12 is needed.',
  );
}
