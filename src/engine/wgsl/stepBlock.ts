// The uniform block of what changes from call to call, kept on the host and written in one piece.

import { BUFFER_USAGE, type Gpu } from './gpu.ts';
import { STEP_FIELDS, STEP_WORDS, type StepField } from './kernel.ts';

const PLACES = new Map(
  STEP_FIELDS.map((field, i) => {
    const [name, type] = field.split(':');
    return [name as StepField, { index: i, float: type === 'f32' }];
  }),
);

/** No clip: larger than any norm that is finite in float32. */
const NO_LIMIT = 3.4e38;

export class StepBlock {
  readonly buffer: GPUBuffer;
  readonly words = new Uint32Array(STEP_WORDS);
  private readonly floats = new Float32Array(this.words.buffer);

  constructor(private readonly gpu: Gpu) {
    this.buffer = gpu.createBuffer(STEP_WORDS, BUFFER_USAGE.uniform | BUFFER_USAGE.copyDst);
  }

  set(values: { readonly [field in StepField]?: number }): void {
    for (const [field, value] of Object.entries(values)) {
      const place = PLACES.get(field as StepField);
      if (!place) throw new Error(`there is no step word ${field}`);
      if (place.float) this.floats[place.index] = Math.min(value, NO_LIMIT);
      else this.words[place.index] = value >>> 0;
    }
  }

  /** Uploads the block; takes effect in what is submitted after. */
  write(): void {
    this.gpu.write(this.buffer, 0, this.words);
  }
}
