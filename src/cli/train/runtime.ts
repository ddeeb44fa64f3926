// Where a run is trained: as the command asks or, for one that goes on, where its store is; and what cannot be had there.

import { UsageError } from '../../base/errors.ts';
import type { RunCommand } from './flags.ts';
import { readRunFile } from './runFolder.ts';
import type { Runtime } from './trainer.ts';

/** @throws UsageError where the run cannot be trained there as it was asked for, or there is none to go on with. */
export function runtimeOf(command: RunCommand): Runtime {
  const runtime = command.kind === 'start' ? command.runtime : runtimeOfRun(command);
  if (runtime === 'node')
    requireNode(command.kind === 'start' ? command.settings.engine : 'wasm', command.browserFlags[0]);
  return runtime;
}

function runtimeOfRun({ outFolder, runtime: asked }: RunCommand): Runtime {
  const { runtime } = readRunFile(outFolder);
  if (asked === null || asked === runtime) return runtime;
  throw new UsageError(
    `The run in ${outFolder} was begun with --runtime ${runtime}: its store is there, and it cannot go on with ${asked}.`,
    `Leave --runtime out, or begin a new run after one of its stages: --from ${outFolder} --runtime ${asked}.`,
  );
}

/**
 * Refuses what a run in Node cannot have.
 * @param flag of a browser, if one was given. @throws UsageError
 */
export function requireNode(engine: string, flag: string | undefined): void {
  if (flag !== undefined)
    throw new UsageError(
      `${flag} is for a browser, and --runtime node needs none.`,
      'Leave one of them out.',
    );
  if (engine === 'auto' || engine === 'wasm') return;
  throw new UsageError(
    `--runtime node trains on the engine wasm, and the engine asked for is ${engine}.`,
    'Give --engine wasm, or leave --runtime out.',
  );
}
