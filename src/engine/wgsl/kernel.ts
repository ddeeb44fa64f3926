// What a GPU kernel is: WGSL text with the buffers and the words it reads; and one use of it with numbers filled in.
//
// All kernels of a model share one bind group. Everything a kernel works on lies in a few large buffers, so a use of a kernel is
// its pipeline, one block of words (offsets and counts, in elements) and a number of workgroups.

/** The shared buffers, in binding order. All are storage buffers of 4-byte elements. */
export const MODEL_BUFFERS = {
  /** Activations, their gradients, saved statistics: float32, placed by the plan. */
  arena: { binding: 0, access: 'read_write' },
  /** Model parameters: float32. */
  parameters: { binding: 1, access: 'read' },
  /** Weight gradients as partial sums ("planes"), added up by the optimiser: float32. */
  partials: { binding: 2, access: 'read_write' },
  /** What the host writes for a pass: indices, and loss weights as bits. */
  inputs: { binding: 3, access: 'read' },
  /** What a rollout knows of its samples, written by the sampler. */
  state: { binding: 4, access: 'read_write' },
  /** KV cache: float32, [layer][row][2 width], keys then values: the rows of the prompts, then those of each slot's tokens. */
  cache: { binding: 5, access: 'read_write' },
  /** RoPE table: float32, [position][pair] (cos, sin). */
  rope: { binding: 6, access: 'read' },
} as const;
export type ModelBuffer = keyof typeof MODEL_BUFFERS;

export const OP_BINDING = 7;
export const STEP_BINDING = 8;

/** The storage buffers of a bind group: where each is bound, and whether kernels write it. */
export type BufferTable = { readonly [buffer: string]: { binding: number; access: 'read' | 'read_write' } };

/** How a kernel sees the elements of a buffer. Offsets passed to it stay in 4-byte elements. */
export type ElementView = 'f32' | 'vec4<f32>' | 'u32' | 'i32';

/** The counts of the step block: rows of each kind that are in use, of those that a plan has room for. */
export const ROW_COUNTS = [
  'imageRows',
  'textRows',
  'sequenceRows',
  'outputRows',
  /** Samples that are still being decoded. */
  'sampleRows',
  /** Blocks of rows (plan/blocks.ts) of the sequences and of the pictures. */
  'blocks',
  'imageBlocks',
] as const;
export type RowCount = (typeof ROW_COUNTS)[number];

/** The word `rows` of a kernel that runs over `times` as many rows as a count says. */
export function rowsWord(count: RowCount, times = 1): number {
  return times * 8 + ROW_COUNTS.indexOf(count);
}

/** The rows in use that a word `rows` names; `step` begins with the counts. */
export function rowsInUse(step: ArrayLike<number>, word: number): number {
  return step[word & 7] * (word >> 3);
}

/** The same in WGSL. */
const ROWS_IN_USE = `
fn rowsInUse() -> u32 {
  var rows = 0u;
  switch (op.rows & 7u) {
${ROW_COUNTS.map((count, i) => `    case ${i}u: { rows = step.${count}; }`).join('\n')}
    default: {}
  }
  return rows * (op.rows >> 3u);
}
`;

/** Words of the step block: what changes from call to call without a new plan. */
export const STEP_FIELDS = [
  ...ROW_COUNTS,
  'seed',
  'rollout',
  /** Samples of each prompt. */
  'groupSize',
  'topK',
  'eos',
  'maxNewTokens',
  'greedy',
  /** First 64-float block of the parameters that AdamW changes (after the vision prefix where that is frozen). */
  'firstBlock',
  'inverseTemperature:f32',
  'topP:f32',
  'learningRate:f32',
  'beta1:f32',
  'beta2:f32',
  'epsilon:f32',
  'weightDecay:f32',
  'maxGradNorm:f32',
  'correction1:f32',
  'correction2:f32',
] as const;
export type StepField = (typeof STEP_FIELDS)[number] extends infer F
  ? F extends `${infer Name}:f32`
    ? Name
    : F
  : never;
export const STEP_WORDS = 32;

export type KernelSource = {
  /** Says everything that is baked into the code: equal keys mean equal code. */
  key: string;
  /** The words of the op block, in order: `name` (u32) or `name:f32`. At most 32. */
  fields: readonly string[];
  /** The buffers it touches and how it sees them. */
  buffers: { readonly [buffer in ModelBuffer]?: ElementView };
  /** Invocations per workgroup. */
  workgroupSize: number;
  /** WGSL that defines `fn run(group: u32, lane: u32)`; may use `op.*`, `step.*`, `rowsInUse()` and the buffers by name. */
  body: string;
};

/** A value for each field (without `:f32`). */
export type Words<Field extends string> = { readonly [field in Field]: number };

export type KernelUse = {
  kernel: KernelSource;
  words: Words<string>;
  /** Workgroups; a function of the rows in use (the word `rows`) where these vary. */
  groups: number | ((rows: number) => number);
};

/** Most workgroups along x; larger counts go to a second dimension, so a kernel must guard against groups too many. */
const MAX_X = 32768;

export function grid(groups: number): [number, number] {
  return groups <= MAX_X ? [groups, 1] : [MAX_X, Math.ceil(groups / MAX_X)];
}

/** Declares a block of words `Name` as the variable `name`. */
export function uniform(name: string, fields: readonly string[], binding: number): string {
  const lines = fields.map((field) => {
    const [word, type = 'u32'] = field.split(':');
    return `  ${word}: ${type},`;
  });
  const struct = `struct ${name} {\n${lines.join('\n')}\n}\n`;
  return `${struct}@group(0) @binding(${binding}) var<uniform> ${name.toLowerCase()}: ${name};\n`;
}

/** The whole WGSL module of a kernel; entry point `main`. */
export function moduleCode(kernel: KernelSource): string {
  const { fields, buffers, body, workgroupSize } = kernel;
  const op = fields.length > 0 ? uniform('Op', fields, OP_BINDING) : '';
  const code = (/\browsInUse\(/.test(body) ? ROWS_IN_USE : '') + body;
  const step = /\bstep\./.test(code) ? uniform('Step', STEP_FIELDS, STEP_BINDING) : '';
  return storage(MODEL_BUFFERS, buffers) + op + step + code + entryPoint(workgroupSize);
}

/** Declares the buffers that `views` names. */
export function storage(table: BufferTable, views: { readonly [buffer: string]: string }): string {
  const lines = Object.entries(views).map(([name, view]) => {
    const { binding, access } = table[name];
    return `@group(0) @binding(${binding}) var<storage, ${access}> ${name}: array<${view}>;\n`;
  });
  return lines.join('');
}

export function entryPoint(workgroupSize: number): string {
  return `
@compute @workgroup_size(${workgroupSize})
fn main(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  run(id.x + id.y * count.x, lane);
}
`;
}

/** Writes words in the order of the fields. @throws Error on a field without a value. */
export function packWords(
  fields: readonly string[],
  words: Words<string>,
  target: DataView,
  at: number,
): void {
  fields.forEach((field, i) => {
    const [name, type] = field.split(':');
    const value = words[name];
    if (value === undefined) throw new Error(`the word ${name} has no value`);
    if (type === 'f32') target.setFloat32(at + i * 4, value, true);
    else target.setUint32(at + i * 4, value, true);
  });
}
