// Plain tfjs as a contestant: stock backend, stock Adam, sampling that recomputes the whole sequence for each token.

import * as tf from '@tensorflow/tfjs-core';
import { sampleToken, sampleUniform } from '../../engine/sampler.ts';
import type { SequenceBatch } from '../../engine/types.ts';
import { type ModelSpec, modelSpec } from '../../model/graph.ts';
import { initialParameters } from '../../model/spec.ts';
import {
  ADAM,
  type BenchSize,
  demonstrations,
  KL_WEIGHT,
  makePrompts,
  PROMPT_TOKENS,
  policySpec,
  RATIO_CLIP,
  RESPONSE_TOKENS,
  type Responses,
  SEED,
  scorerSpec,
  sequences,
  TEXT_TOKENS,
} from '../task.ts';
import type { Contestant, PolicyBatch } from './contestant.ts';
import { TfjsModel } from './tfjsModel.ts';

/** Loads a stock backend and makes it tfjs's own. @throws Error where it does not start. */
async function startBackend(name: string): Promise<string> {
  await import('@tensorflow/tfjs-core/dist/register_all_gradients');
  if (name === 'webgpu') await import('@tensorflow/tfjs-backend-webgpu');
  else if (name === 'webgl') await import('@tensorflow/tfjs-backend-webgl');
  else if (name === 'cpu') await import('@tensorflow/tfjs-backend-cpu');
  else {
    const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
    setWasmPaths({
      'tfjs-backend-wasm.wasm': wasmUrl('tfjs-backend-wasm.wasm'),
      'tfjs-backend-wasm-simd.wasm': wasmUrl('tfjs-backend-wasm-simd.wasm'),
      'tfjs-backend-wasm-threaded-simd.wasm': wasmUrl('tfjs-backend-wasm-threaded-simd.wasm'),
    });
  }
  if (!(await tf.setBackend(name)) || tf.getBackend() !== name)
    throw new Error(`tfjs has no backend "${name}" here`);
  await tf.ready();
  if (name !== 'wasm') return `tfjs ${tf.version_core}, ${name}`;
  const { getThreadsCount } = await import('@tensorflow/tfjs-backend-wasm');
  const threads = tf.env().getBool('WASM_HAS_MULTITHREAD_SUPPORT') ? getThreadsCount() : 1;
  return `tfjs ${tf.version_core}, wasm SIMD, ${threads} thread${threads === 1 ? '' : 's'}`;
}

/** Files that the page is served with; see serve.ts. */
function wasmUrl(file: string): string {
  return new URL(`/tfjs-wasm/${file}`, self.location.origin).href;
}

export async function startTfjs(backend: string, size: BenchSize): Promise<Contestant> {
  const adapter = await startBackend(backend);
  return new TfjsContestant(adapter, size, backend === 'wasm');
}

class TfjsContestant implements Contestant {
  private readonly spec: ModelSpec;
  private readonly policy: TfjsModel;
  private readonly reference: TfjsModel;
  private readonly scorer: TfjsModel;
  private readonly prompts;
  private readonly demonstrations: SequenceBatch;
  private optimizer = makeAdam();

  constructor(
    readonly adapter: string,
    private readonly size: BenchSize,
    byProduct: boolean,
  ) {
    this.spec = policySpec(size.model);
    const start = initialParameters(this.spec.layout, SEED);
    const scorer = modelSpec(scorerSpec(size.model).config);
    this.policy = new TfjsModel(this.spec, start, byProduct);
    this.reference = new TfjsModel(this.spec, start, byProduct);
    this.scorer = new TfjsModel(scorer, initialParameters(scorer.layout, SEED), byProduct);
    this.prompts = makePrompts(this.spec, size.batch);
    this.demonstrations = this.sequences(demonstrations(this.prompts), 0, size.batch);
  }

  async reset(): Promise<void> {
    this.policy.assign(initialParameters(this.spec.layout, SEED));
    this.optimizer.dispose();
    this.optimizer = makeAdam();
  }

  async sftStep(): Promise<number> {
    const loss = this.minimize(this.demonstrations, (logp) => tf.neg(tf.mean(logp)));
    const value = (await loss.data())[0];
    loss.dispose();
    await this.settle();
    return value;
  }

  async rollout(round: number, onTokens: (tokens: number) => void): Promise<Responses> {
    const { batch } = this.size;
    const result = {
      tokens: new Int32Array(batch * RESPONSE_TOKENS),
      logp: new Float32Array(batch * RESPONSE_TOKENS),
    };
    const { vocabularySize } = this.spec.config;
    for (let position = 0; position < RESPONSE_TOKENS; position++) {
      const time = PROMPT_TOKENS + position;
      const all = this.sequences(result.tokens, 0, batch);
      const tokens = new Int32Array(batch * time);
      for (let b = 0; b < batch; b++) {
        tokens.set(all.tokens.subarray(b * TEXT_TOKENS, b * TEXT_TOKENS + time), b * time);
      }
      const logits = tf.tidy(() =>
        this.policy.logits(tf.tensor2d(tokens, [batch, time], 'int32'), this.patches(all), time - 1, time),
      );
      const values = (await logits.data()) as Float32Array;
      logits.dispose();
      for (let b = 0; b < batch; b++) {
        const uniform = sampleUniform(SEED, round, b, position);
        const free = { temperature: 1, topK: 0, topP: 1 };
        const drawn = sampleToken(values, b * vocabularySize, vocabularySize, free, uniform);
        result.tokens[b * RESPONSE_TOKENS + position] = drawn.token;
        result.logp[b * RESPONSE_TOKENS + position] = drawn.logp;
      }
      onTokens((position + 1) * batch);
    }
    return result;
  }

  async score(responses: Int32Array): Promise<Float32Array> {
    const batch = this.sequences(responses, 0, this.size.batch);
    const classes = tf.tidy(() => this.scorer.classes(this.tokens(batch), this.patches(batch)));
    return read(classes);
  }

  async referenceLogp(responses: Int32Array): Promise<Float32Array> {
    const batch = this.sequences(responses, 0, this.size.batch);
    return read(tf.tidy(() => this.logp(this.reference, batch)));
  }

  async policyStep({ from, to, responses, ...part }: PolicyBatch): Promise<void> {
    const shape: [number, number] = [to - from, RESPONSE_TOKENS];
    const loss = this.minimize(this.sequences(responses, from, to), (logp) => {
      const advantage = tf.tensor2d(part.advantages.slice(), [to - from, 1]);
      const ratio = tf.exp(tf.sub(logp, tf.tensor2d(part.oldLogp.slice(), shape)));
      const clipped = tf.clipByValue(ratio, 1 - RATIO_CLIP, 1 + RATIO_CLIP);
      const surrogate = tf.minimum(tf.mul(ratio, advantage), tf.mul(clipped, advantage));
      const apart = tf.sub(tf.tensor2d(part.referenceLogp.slice(), shape), logp);
      const kl = tf.sub(tf.sub(tf.exp(apart), apart), 1);
      return tf.mean(tf.sub(tf.mul(kl, KL_WEIGHT), surrogate));
    });
    loss.dispose();
    await this.settle();
  }

  counters(): null {
    return null;
  }

  dispose(): void {
    this.optimizer.dispose();
    for (const model of [this.policy, this.reference, this.scorer]) model.dispose();
  }

  /** One optimiser step; the loss is the caller's. */
  private minimize(batch: SequenceBatch, lossOf: (logp: tf.Tensor2D) => tf.Tensor): tf.Scalar {
    return this.optimizer.minimize(() => lossOf(this.logp(this.policy, batch)) as tf.Scalar, true)!;
  }

  /** Log-probs of the response tokens, [batch, RESPONSE_TOKENS]. */
  private logp(model: TfjsModel, batch: SequenceBatch): tf.Tensor2D {
    const logits = model.logits(this.tokens(batch), this.patches(batch), PROMPT_TOKENS - 1, TEXT_TOKENS - 1);
    const targets = new Int32Array(batch.batch * RESPONSE_TOKENS);
    for (let b = 0; b < batch.batch; b++) {
      const end = (b + 1) * TEXT_TOKENS;
      targets.set(batch.tokens.subarray(end - RESPONSE_TOKENS, end), b * RESPONSE_TOKENS);
    }
    const { vocabularySize } = this.spec.config;
    const hot = tf.cast(tf.oneHot(tf.tensor1d(targets, 'int32'), vocabularySize, 1, 0, 'int32'), 'float32');
    const all = tf.reshape(tf.logSoftmax(logits), [-1, vocabularySize]);
    return tf.reshape(tf.sum(tf.mul(all, hot), 1), [batch.batch, RESPONSE_TOKENS]);
  }

  private tokens({ tokens, batch, time }: SequenceBatch): tf.Tensor2D {
    return tf.tensor2d(tokens.slice(), [batch, time], 'int32');
  }

  private patches({ patches, batch }: SequenceBatch): tf.Tensor3D {
    return tf.tensor3d(patches!.slice(), [batch, this.spec.imageTokens, this.spec.patchValues]);
  }

  private sequences(responses: Int32Array, from: number, to: number): SequenceBatch {
    return sequences(this.spec, this.prompts, responses, from, to);
  }

  /** Backends work in order: when the last variable can be read, the step is done. */
  private async settle(): Promise<void> {
    await this.policy.weights['text.norm.gain'].data();
  }
}

function makeAdam(): tf.AdamOptimizer {
  return tf.train.adam(ADAM.learningRate, ADAM.beta1, ADAM.beta2, ADAM.epsilon);
}

async function read(tensor: tf.Tensor): Promise<Float32Array> {
  const values = Float32Array.from(await tensor.data());
  tensor.dispose();
  return values;
}
