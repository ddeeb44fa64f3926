// Running the project's tools as child processes.

import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** Path of the script of an installed tool, e.g. `binOf('vite')` or `binOf('assemblyscript', 'asc')`. */
export function binOf(packageName: string, tool = packageName): string {
  // Not every package exports its package.json, so the file is found beside node_modules/NAME.
  const folder = require.resolve.paths(packageName)!.map((base) => join(base, packageName, 'package.json'));
  for (const file of folder) {
    try {
      const { bin } = require(file) as { bin: string | { [name: string]: string } };
      const script = typeof bin === 'string' ? bin : bin[tool];
      if (script !== undefined) return join(dirname(file), script);
    } catch {
      // Not in this folder: the next one up.
    }
  }
  throw new Error(`The tool ${tool} of the package ${packageName} is not installed.`);
}

export type ChildOptions = { env?: NodeJS.ProcessEnv };

/** Runs `node ARGS...` with this terminal and resolves to its exit code (1 where a signal ended it). */
export function runNode(args: readonly string[], options: ChildOptions = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: 'inherit', env: options.env ?? process.env });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
