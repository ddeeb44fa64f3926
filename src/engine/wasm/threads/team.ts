// The threads of an engine: starts the helpers, and gives kernels that divide their calls over them.

import { SCRATCH_BYTES } from '../frame.ts';
import type { Kernels } from '../kernels.ts';
import type { LinearMemory } from '../memory.ts';
import { CONTROL_LENGTH, Leader } from './barrier.ts';
import {
  DIVISIONS,
  FEW_ROWS,
  GEMM_COLUMNS,
  GEMM_ROWS,
  gemmByRows,
  MAX_ARGUMENTS,
  PACKED_COLUMNS,
  PACKED_ROWS,
} from './divisions.ts';
import type { HelperStart } from './helper.ts';
import { type AnyKernel, Sharing } from './sharing.ts';
import { type HelperThread, type StartHelper, startHelperThread } from './start.ts';

/** Below this many multiply-adds a call is done before a helper has heard of it. */
const MIN_WORK = 60_000;
/** More parts than threads: who is faster does more of them. */
const PARTS_PER_THREAD = 2;

export type Team = {
  /** The kernels, in which large calls are divided. */
  kernels: Kernels;
  dispose(): void;
};

/** Starts `threads - 1` helpers on a shared memory. @throws Error where that fails; nothing is left behind then. */
export async function startTeam(
  threads: number,
  module: WebAssembly.Module,
  kernels: Kernels,
  memory: LinearMemory,
  startHelper?: StartHelper,
): Promise<Team> {
  const control = memory.allocate(CONTROL_LENGTH);
  const values = memory.allocate(MAX_ARGUMENTS);
  const parts = threads * PARTS_PER_THREAD;
  const helpers: HelperThread[] = [];
  try {
    for (let index = 1; index < threads; index++) {
      const message: HelperStart = {
        module,
        memory: memory.memory,
        parts,
        scratchOffset: index * SCRATCH_BYTES,
        control,
        arguments: values,
      };
      helpers.push(await startHelperThread(message, startHelper));
    }
  } catch (error) {
    for (const helper of helpers) helper.terminate();
    throw error;
  }
  const { buffer } = memory.memory;
  const whole = new Int32Array(buffer, values.pointer, MAX_ARGUMENTS);
  const sharing = new Sharing(kernels, parts, 0);
  const leader = new Leader(
    new Int32Array(buffer, control.pointer, control.length),
    parts,
    (division, part) => sharing.run(division, whole, part),
  );
  return {
    kernels: divided(kernels, whole, leader),
    dispose: () => {
      leader.stop();
      for (const helper of helpers) helper.terminate();
    },
  };
}

/** The kernels with a divided form in place of each that has one; `values` is where the helpers read arguments. */
function divided(kernels: Kernels, values: Int32Array, leader: Leader): Kernels {
  const dividing = (whole: AnyKernel, choose: (a: Int32Array) => number): AnyKernel => {
    // All parameters by name: a list of the rest would be made anew at each call.
    return (a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13) => {
      values[0] = a0;
      values[1] = a1;
      values[2] = a2;
      values[3] = a3;
      values[4] = a4;
      values[5] = a5;
      values[6] = a6;
      values[7] = a7;
      values[8] = a8;
      values[9] = a9;
      values[10] = a10;
      values[11] = a11;
      values[12] = a12;
      values[13] = a13;
      const number = choose(values);
      if (DIVISIONS[number].work(values) < MIN_WORK) {
        whole(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13);
        return;
      }
      leader.run(number);
    };
  };
  const replaced: { [kernel: string]: AnyKernel } = {};
  DIVISIONS.forEach(({ kernel }, number) => {
    replaced[kernel] = dividing(kernels[kernel] as AnyKernel, () => number);
  });
  const [rows, columns] = [DIVISIONS.indexOf(GEMM_ROWS), DIVISIONS.indexOf(GEMM_COLUMNS)];
  replaced.gemm = dividing(kernels.gemm as AnyKernel, (a) => (gemmByRows(a[0], a[1]) ? rows : columns));
  const [packedRows, packedColumns] = [DIVISIONS.indexOf(PACKED_ROWS), DIVISIONS.indexOf(PACKED_COLUMNS)];
  replaced.gemmPacked = dividing(kernels.gemmPacked as AnyKernel, (a) =>
    a[0] >= FEW_ROWS ? packedRows : packedColumns,
  );
  return { ...kernels, ...replaced };
}
