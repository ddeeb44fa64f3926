// `npm run vectors -- DIR`: holds losses, advantages and metrics to every case*.json of a directory.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { messageOf, UsageError } from '../../base/errors.ts';
import { CPU_BACKEND, CPU64_BACKEND, type VectorBackend } from '../../conformance/backend.ts';
import { parseVectorFile, type VectorFile } from '../../conformance/file.ts';
import { runVectorFile, type VectorLine } from '../../conformance/runner.ts';
import { countsLine } from '../../tooling/testCounts.ts';
import { command, EXIT } from '../command.ts';
import { choiceFlag } from '../flag.ts';
import { typedPath } from '../typedPath.ts';

/** Backends by name: a factory may start a device or a browser, and throws an error that tells what is missing. */
const BACKENDS: Readonly<Record<string, () => VectorBackend | Promise<VectorBackend>>> = {
  cpu: () => CPU_BACKEND,
  cpu64: () => CPU64_BACKEND,
  wasm: async () => (await import('../../conformance/engines.ts')).wasmVectors(),
  wgsl: async () => (await import('../../conformance/engines.ts')).browserVectors('wgsl', 1e-5),
  webgpu: async () => (await import('../../conformance/engines.ts')).browserVectors('webgpu', 1e-4),
  webgl: async () => (await import('../../conformance/engines.ts')).browserVectors('webgl', 1e-4),
  'tfjs-wasm': async () => (await import('../../conformance/engines.ts')).browserVectors('tfjs-wasm', 1e-5),
};

export const main = command({
  line: 'npm run vectors',
  about: `Recomputes every case*.json (or case*.json.gz) of the directory DIR and prints, a line per loss and file, the worst error
relative to the largest gradient, then a count. Exit code: 0 all passed, 1 something failed, 2 the command could not run.`,
  words: 'DIR',
  flags: { backend: choiceFlag(Object.keys(BACKENDS), 'What computes the head.', 'cpu') },
  run: async ({ backend: name, words }) => {
    if (words.length !== 1)
      throw new UsageError(
        `Give one directory of test vectors; there were ${words.length}.`,
        'Write it as npm run vectors -- DIR; --help says more.',
      );
    const files = readVectorFiles(typedPath(words[0]));
    const backend = await startBackend(name);
    const lines: VectorLine[] = [];
    try {
      for (const file of files) {
        for (const line of await runVectorFile(file, backend)) {
          lines.push(line);
          console.log(formatLine(line));
        }
      }
    } finally {
      await backend.dispose?.();
    }
    console.log(formatCount(lines));
    return lines.some(({ status }) => status === 'fail') ? EXIT.failed : EXIT.done;
  },
});

/** Reads and checks all case*.json (plain or gzipped) of a directory before anything runs. */
function readVectorFiles(directory: string): VectorFile[] {
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`${directory} is not a directory.`, 'Give the directory that holds case*.json.');
  }
  const names = readdirSync(directory)
    .filter((name) => /^case.*\.json(\.gz)?$/.test(name))
    .sort();
  if (names.length === 0) {
    throw new UsageError(`${directory} holds no case*.json.`, 'Give the directory of the test vectors.');
  }
  return names.map((name) => {
    const path = join(directory, name);
    let text: string;
    try {
      const bytes = readFileSync(path);
      text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    } catch (error) {
      throw new UsageError(
        `${path} cannot be read (${messageOf(error)}).`,
        'Restore it, or check its permissions.',
      );
    }
    return { ...parseVectorFile(text, path), name: basename(name, '.gz').replace(/\.json$/, '') };
  });
}

async function startBackend(name: string): Promise<VectorBackend> {
  try {
    return await BACKENDS[name]();
  } catch (error) {
    throw new UsageError(
      `The backend '${name}' did not start: ${messageOf(error)}`,
      'Another one is chosen by --backend.',
    );
  }
}

/** One line: status, name, worst error and what it was, file. */
export function formatLine({ status, name, error, note, file }: VectorLine): string {
  const amount = error === null ? '-' : error.toExponential(1);
  return `${status}  ${name.padEnd(42)} ${amount.padStart(8)}  ${note.padEnd(28)} ${file}`;
}

/** `N passed, N failed`, and `, N skipped` where some were. */
export function formatCount(lines: readonly VectorLine[]): string {
  const count = (status: VectorLine['status']) => lines.filter((line) => line.status === status).length;
  return countsLine({ passed: count('pass'), failed: count('fail'), skipped: count('skip') });
}
