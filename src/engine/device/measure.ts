// A short measurement: how long one small training step of a model takes on an engine.

import type { ModelSpec } from '../../model/graph.ts';
import type { Engine, SequenceBatch } from '../types.ts';

const BATCH = 32;
const TIME = 48;
/** Tokens of the step that is timed. */
export const STEP_TOKENS = BATCH * TIME;
/** Steps before the clock starts: shaders are compiled, memory is taken. */
const WARM_UP = 1;
const MEASURED = 3;

/** A batch of the model's own shapes; what it holds does not matter for the time. */
function sampleBatch(spec: ModelSpec): SequenceBatch {
  const { vocabularySize } = spec.config;
  const pictures = spec.imageTokens > 0;
  return {
    batch: BATCH,
    time: TIME,
    tokens: Int32Array.from({ length: BATCH * TIME }, (_, i) => (i * 7) % vocabularySize),
    lengths: new Int32Array(BATCH).fill(TIME),
    patches: pictures ? new Float32Array(BATCH * spec.imageTokens * spec.patchValues) : null,
    hasImage: new Uint8Array(BATCH).fill(pictures ? 1 : 0),
  };
}

/** Milliseconds of one update step, the fastest of a few after warm-up. The model must have a language-model head. */
export async function measureStep(engine: Engine, spec: ModelSpec): Promise<number> {
  const model = await engine.createModel(spec, 1);
  try {
    const batch = sampleBatch(spec);
    const rows = Int32Array.from({ length: BATCH * TIME }, (_, i) => i).filter((i) => i % TIME < TIME - 1);
    const targets = Int32Array.from(rows, (row) => batch.tokens[row + 1]);
    const weights = new Float32Array(rows.length).fill(-1 / rows.length);
    const step = {
      learningRate: 1e-4,
      beta1: 0.9,
      beta2: 0.95,
      epsilon: 1e-8,
      weightDecay: 0,
      maxGradNorm: 1,
      freezeVision: false,
    };
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < WARM_UP + MEASURED; i++) {
      const start = performance.now();
      await model.updateTokens(
        batch,
        rows,
        targets,
        1,
        () => ({ logp: weights, entropy: null, values: null }),
        step,
      );
      // The step ends when the new parameters are there.
      await model.getParameters();
      if (i >= WARM_UP) best = Math.min(best, performance.now() - start);
    }
    return best;
  } finally {
    model.dispose();
  }
}
