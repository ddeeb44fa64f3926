// `npm run vectors -- DIR`: holds losses, advantages and metrics to every case*.json of a directory.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { CPU_BACKEND, CPU64_BACKEND, type VectorBackend } from './backend.ts';
import { parseVectorFile, type VectorFile, VectorFileError } from './file.ts';
import { runVectorFile, type VectorLine } from './runner.ts';

/** Backends by name: a factory may start a device or a browser, and throws an error that tells what is missing. */
const BACKENDS: Readonly<Record<string, () => VectorBackend | Promise<VectorBackend>>> = {
  cpu: () => CPU_BACKEND,
  cpu64: () => CPU64_BACKEND,
  wasm: async () => (await import('./engines.ts')).wasmVectors(),
  wgsl: async () => (await import('./engines.ts')).browserVectors('wgsl', 1e-5),
  webgpu: async () => (await import('./engines.ts')).browserVectors('webgpu', 1e-4),
  webgl: async () => (await import('./engines.ts')).browserVectors('webgl', 1e-4),
  'tfjs-wasm': async () => (await import('./engines.ts')).browserVectors('tfjs-wasm', 1e-5),
};
const BACKEND_NAMES = Object.keys(BACKENDS).join(', ');

const HELP = `Usage: npm run vectors -- DIR [--backend NAME]

Recomputes every case*.json (or case*.json.gz) in DIR and prints, a line per loss and file, the worst error relative to the largest
gradient, then a count. Exit code: 0 all passed, 1 something failed, 2 the command could not run.

  DIR             directory with test vectors
  --backend NAME  what computes the head (default cpu); one of: ${BACKEND_NAMES}`;

/** Where a run prints; tests bring their own. */
export type Output = { print: (line: string) => void; complain: (line: string) => void };

const CONSOLE: Output = { print: (line) => console.log(line), complain: (line) => console.error(line) };

/** Runs the command and gives its exit code. */
export async function main(argv: readonly string[], output: Output = CONSOLE): Promise<number> {
  let backend: VectorBackend | null = null;
  try {
    const { directory, backendName, help } = readArguments(argv);
    if (help) {
      output.print(HELP);
      return 0;
    }
    const files = readVectorFiles(directory);
    backend = await startBackend(backendName);
    const lines: VectorLine[] = [];
    for (const file of files) {
      for (const line of await runVectorFile(file, backend)) {
        lines.push(line);
        output.print(formatLine(line));
      }
    }
    output.print(formatCount(lines));
    return lines.some(({ status }) => status === 'fail') ? 1 : 0;
  } catch (error) {
    if (!(error instanceof VectorFileError)) throw error;
    output.complain(error.message);
    return 2;
  } finally {
    await backend?.dispose?.();
  }
}

function readArguments(argv: readonly string[]) {
  const options = {
    backend: { type: 'string', default: 'cpu' },
    help: { type: 'boolean', short: 'h' },
  } as const;
  const { values, positionals } = (() => {
    try {
      return parseArgs({ args: [...argv], options, allowPositionals: true });
    } catch (error) {
      throw new VectorFileError(`${(error as Error).message}\nSee npm run vectors -- --help.`);
    }
  })();
  const help = values.help === true;
  if (!help && positionals.length !== 1) {
    throw new VectorFileError(
      `Give one directory of test vectors, as in npm run vectors -- DIR; there were ${positionals.length}.`,
    );
  }
  return { directory: positionals[0] ?? '', backendName: values.backend, help };
}

/** Reads and checks all case*.json (plain or gzipped) of a directory before anything runs. */
function readVectorFiles(directory: string): VectorFile[] {
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new VectorFileError(`${directory} is not a directory: give the directory that holds case*.json.`);
  }
  const names = readdirSync(directory)
    .filter((name) => /^case.*\.json(\.gz)?$/.test(name))
    .sort();
  if (names.length === 0) {
    throw new VectorFileError(`${directory} holds no case*.json: give the directory of the test vectors.`);
  }
  return names.map((name) => {
    const path = join(directory, name);
    let text: string;
    try {
      const bytes = readFileSync(path);
      text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    } catch (error) {
      throw new VectorFileError(
        `${path} cannot be read (${(error as Error).message}): restore it, or check its permissions.`,
      );
    }
    return { ...parseVectorFile(text, path), name: basename(name, '.gz').replace(/\.json$/, '') };
  });
}

async function startBackend(name: string): Promise<VectorBackend> {
  if (!Object.hasOwn(BACKENDS, name)) {
    throw new VectorFileError(`There is no backend '${name}': choose one of ${BACKEND_NAMES}.`);
  }
  try {
    return await BACKENDS[name]();
  } catch (error) {
    throw new VectorFileError(`The backend '${name}' did not start: ${(error as Error).message}`);
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
  const skipped = count('skip');
  return `${count('pass')} passed, ${count('fail')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = await main(process.argv.slice(2));
}
