// Which form of a kernel an adapter gets. Software adapters are slow at barriers and workgroup memory, GPUs live on them.

export type Variants = {
  /** `registers`, `wide`: a small or a large tile per invocation, no barriers. `tiled`: tiles in workgroup memory. */
  matmul: 'registers' | 'wide' | 'tiled';
  /** Norms and the head: one invocation per row, or one workgroup. */
  rows: 'thread' | 'workgroup';
  /** Cached attention: one invocation per row and head, or one workgroup. */
  decode: 'thread' | 'workgroup';
  /** Rows summed into one plane of a weight gradient: fewer means more invocations and more memory. */
  rowsPerPlane: number;
};

/** Right everywhere, best on software adapters. */
export const PORTABLE: Variants = {
  matmul: 'registers',
  rows: 'thread',
  decode: 'thread',
  rowsPerPlane: 1024,
};

/** What GPUs are made for. */
export const PARALLEL: Variants = {
  matmul: 'tiled',
  rows: 'workgroup',
  decode: 'workgroup',
  rowsPerPlane: 256,
};
