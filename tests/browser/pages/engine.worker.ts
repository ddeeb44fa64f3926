// Worker of the engine tests: runs the same work on an engine and on the fused wasm engine, and tells how far they are apart.

import * as tf from '@tensorflow/tfjs-core';
import { PlaygroundError } from '../../../src/base/errors.ts';
import { measureStep } from '../../../src/engine/device/measure.ts';
import { startBackend } from '../../../src/engine/eager/backends.ts';
import { headGradient, headLogProbs } from '../../../src/engine/eager/head.ts';
import { chooseEngine } from '../../../src/engine/index.ts';
import type { Engine } from '../../../src/engine/types.ts';
import type { WgslEngine } from '../../../src/engine/wgsl/engine.ts';
import type { EagerEngineName, EngineChoice } from '../../../src/terms/engines.ts';
import type { Backbone, ModelSize } from '../../../src/terms/model.ts';
import {
  maxDifference,
  predictedRows,
  relativeDistance,
  STEP,
  testBatch,
  testSpec,
  testWeights,
} from '../../engine/support.ts';
import { createGpuHead, type GpuHead } from './gpuHead.ts';

export type EngineCall = { id: number; name: keyof EngineCalls; args: unknown[] };
export type EngineCalls = typeof calls;
/** What can compute the head alone. */
export type HeadBackend = EagerEngineName | 'wgsl';

/** One training step, forward passes and generation of a tiny model with some pictures. */
async function work(engine: Engine, backbone: Backbone) {
  const spec = testSpec(backbone);
  const model = await engine.createModel(spec, 3);
  const batch = testBatch(spec, 2, 6);
  const { rows, targets } = predictedRows(batch);
  const outputs = await model.tokenOutputs(batch, rows, targets, 0.9);
  const report = await model.updateTokens(batch, rows, targets, 0.9, () => testWeights(rows.length), STEP);
  const gradient = await model.getGradients();
  const parameters = await model.getParameters();
  const generation = await model.generate({
    prompts: { ...testBatch(spec, 2, 3), lengths: Int32Array.of(3, 2) },
    groupSize: 2,
    maxNewTokens: 4,
    temperature: 1,
    topK: 0,
    topP: 1,
    eos: 0,
    seed: 1,
    rollout: 0,
  });
  const attention = await model.imageAttention(batch, rows);
  model.dispose();
  return { outputs, report, gradient, parameters, generation, attention };
}

/** Measuring kernels takes a while on a software adapter, and is tested by itself. */
const PORTABLE = { gpuKernels: 'portable', cache: null } as const;

const isFused = (choice: EngineChoice) => choice === 'wasm' || choice === 'wgsl';

let gpuHead: Promise<GpuHead> | null = null;
function wgslHead(): Promise<GpuHead> {
  gpuHead ??= createGpuHead();
  return gpuHead;
}

const calls = {
  /** How far engine `choice` is from the fused wasm engine, and which backend tfjs has used. */
  async compare(choice: EngineChoice, backbone: Backbone) {
    const { engine: reference } = await chooseEngine('wasm');
    const expected = await work(reference, backbone);
    const { engine } = await chooseEngine(choice, undefined, PORTABLE);
    const tensors = isFused(choice) ? 0 : tf.memory().numTensors;
    const submit = self.GPUQueue ? GPUQueue.prototype.submit : null;
    let submits = 0;
    if (submit) {
      GPUQueue.prototype.submit = function count(buffers) {
        submits++;
        return submit.call(this, buffers);
      };
    }
    const actual = await work(engine, backbone);
    if (submit) GPUQueue.prototype.submit = submit;
    const result = {
      engine: engine.name,
      tier: engine.tier,
      adapter: engine.adapter,
      tfBackend: isFused(choice) ? '' : tf.getBackend(),
      leaked: isFused(choice) ? 0 : tf.memory().numTensors - tensors,
      submits,
      logp: maxDifference(actual.outputs.logp, expected.outputs.logp),
      entropy: maxDifference(actual.outputs.entropy, expected.outputs.entropy),
      values: maxDifference(actual.outputs.values!, expected.outputs.values!),
      gradNorm: Math.abs(actual.report.gradNorm / expected.report.gradNorm - 1),
      gradient: relativeDistance(actual.gradient, expected.gradient),
      parameters: relativeDistance(actual.parameters, expected.parameters),
      attention: maxDifference(actual.attention, expected.attention),
      tokens: actual.generation.tokens.map((list) => [...list]),
      expectedTokens: expected.generation.tokens.map((list) => [...list]),
      logProbs: Math.max(
        ...actual.generation.logProbs.map((list, s) => maxDifference(list, expected.generation.logProbs[s])),
      ),
    };
    engine.dispose();
    return result;
  },

  /** Milliseconds of a small training step. */
  async measure(choice: EngineChoice, size: ModelSize): Promise<number> {
    const { engine } = await chooseEngine(choice);
    const ms = await measureStep(engine, testSpec('qwen-mini', size));
    engine.dispose();
    return ms;
  },

  /** What `auto` chooses and why. */
  async choose(choice: EngineChoice) {
    try {
      const { engine, reason, measuredMs } = await chooseEngine(choice, testSpec('qwen-mini'));
      engine.dispose();
      return { name: engine.name, reason, measuredMs, code: '', hint: '' };
    } catch (error) {
      if (!(error instanceof PlaygroundError)) throw error;
      return { name: '', reason: error.message, measuredMs: {}, code: error.code, hint: error.hint };
    }
  },

  /** The kernels that `wgsl` measures as best, on a first visit and on the next, with the milliseconds both took. */
  async tune() {
    const visit = async () => {
      const start = performance.now();
      const { engine } = await chooseEngine('wgsl');
      const { variants } = engine as WgslEngine;
      engine.dispose();
      return { variants, ms: performance.now() - start };
    };
    return { first: await visit(), second: await visit() };
  },

  /** Breaks the GPU under a model and tells how the next call fails, and whether a new engine works. */
  async breakDevice(choice: 'webgpu' | 'wgsl', how: 'lose' | 'misuse') {
    const { engine } = await chooseEngine(choice, undefined, PORTABLE);
    const spec = testSpec('deepseek-mini');
    const model = await engine.createModel(spec, 3);
    const batch = testBatch(spec, 1, 4);
    const { rows, targets } = predictedRows(batch);
    const { device } =
      choice === 'wgsl' ? (engine as WgslEngine).gpu : (tf.backend() as unknown as { device: GPUDevice });
    if (how === 'lose') device.destroy();
    else {
      const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE;
      device.createBuffer({ size: 16, usage });
    }
    let failure: unknown = null;
    for (let i = 0; i < 3 && failure === null; i++) {
      await model.tokenOutputs(batch, rows, targets, 1).catch((error: unknown) => {
        failure = error;
      });
    }
    model.dispose();
    engine.dispose();
    const { engine: again } = await chooseEngine(choice, undefined, PORTABLE);
    const second = await again.createModel(spec, 3);
    const { logp } = await second.tokenOutputs(batch, rows, targets, 1);
    second.dispose();
    again.dispose();
    const known = failure as unknown;
    return {
      code: known instanceof PlaygroundError ? known.code : String(known),
      message: known instanceof PlaygroundError ? known.message : '',
      recovered: logp.every((value) => Number.isFinite(value) && value < 0),
    };
  },

  /** The head of an engine's training path on given logits, for the test vectors. */
  async headLogProbs(name: HeadBackend, logits: number[], tokens: number[], vocabulary: number) {
    if (name === 'wgsl') {
      const head = await wgslHead();
      const found = await head.logProbs(Float32Array.from(logits), Int32Array.from(tokens), vocabulary);
      return { logp: [...found.logp], entropy: [...found.entropy] };
    }
    const { guard, enter } = await startBackend(name);
    enter();
    const all = tf.tidy(() => {
      const z = tf.tensor2d(Float32Array.from(logits), [tokens.length, vocabulary]);
      const { logp, entropy } = headLogProbs(tf, z, tf.tensor1d(tokens, 'int32'), 1);
      return tf.concat([logp, entropy]);
    });
    const values = [...(await guard.race(all.data()))];
    all.dispose();
    return { logp: values.slice(0, tokens.length), entropy: values.slice(tokens.length) };
  },

  async headGradient(
    name: HeadBackend,
    logits: number[],
    tokens: number[],
    logpWeights: number[],
    entropyWeights: number[],
    vocabulary: number,
  ) {
    if (name === 'wgsl') {
      const head = await wgslHead();
      const [z, w, e] = [logits, logpWeights, entropyWeights].map((list) => Float32Array.from(list));
      return [...(await head.gradient(z, Int32Array.from(tokens), w, e, vocabulary))];
    }
    const { guard, enter } = await startBackend(name);
    enter();
    const gradient = tf.tidy(() => {
      const z = tf.tensor2d(Float32Array.from(logits), [tokens.length, vocabulary]);
      const [w, e] = [tf.tensor1d(logpWeights), tf.tensor1d(entropyWeights)];
      return headGradient(tf, z, tf.tensor1d(tokens, 'int32'), 1, w, e);
    });
    const values = [...(await guard.race(gradient.data()))];
    gradient.dispose();
    return values;
  },
};

self.onmessage = async ({ data: { id, name, args } }: MessageEvent<EngineCall>) => {
  try {
    const run = calls[name] as (...args: unknown[]) => Promise<unknown>;
    self.postMessage({ id, result: await run(...args) });
  } catch (error) {
    self.postMessage({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
};
