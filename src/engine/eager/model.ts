// A model on an eager engine: batches in, log-probs and updates out, all through tfjs operations.

import type { ModelSpec } from '../../model/graph.ts';
import { initialParameters } from '../../model/spec.ts';
import { checkSize, sequenceRow } from '../plan/lengths.ts';
import type {
  EngineModel,
  OptimizerStep,
  OutputRows,
  SequenceBatch,
  StepReport,
  TokenOutputs,
} from '../types.ts';
import { type EagerBackend, take } from './backends.ts';
import { type GraphOutputs, runFull } from './forward.ts';
import { generate } from './generate.ts';
import { headLogProbs, headLoss } from './head.ts';
import { type BatchInputs, makeInputs } from './inputs.ts';
import { ParameterStore } from './parameters.ts';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from './tf.ts';

export class EagerModel implements EngineModel {
  private readonly store: ParameterStore;
  private disposed = false;

  constructor(
    private readonly backend: EagerBackend,
    readonly spec: ModelSpec,
    seed: number,
  ) {
    backend.enter();
    backend.retain();
    this.store = new ParameterStore(backend.tf, spec.layout, initialParameters(spec.layout, seed));
  }

  readonly tokenOutputs: EngineModel['tokenOutputs'] = (batch, rows, targets, temperature) =>
    this.withInputs(batch, rows, (inputs) => this.head(inputs, targets, temperature));

  readonly logits: EngineModel['logits'] = (batch, rows) =>
    this.withInputs(batch, rows, (inputs) => this.output(inputs, 'logits'));

  readonly classify: EngineModel['classify'] = (batch, rows) =>
    this.withInputs(batch, rows, (inputs) => this.output(inputs, 'classes'));

  async imageAttention(batch: SequenceBatch, rows: OutputRows): Promise<Float32Array> {
    const { tf } = this.backend;
    const prefix = this.spec.imageTokens;
    if (prefix === 0) return new Float32Array(rows.length);
    return this.withInputs(batch, rows, async (inputs) => {
      const sequence = prefix + batch.time;
      const mass = tf.tidy(() => {
        const layers: Tensor[] = [];
        this.run(inputs, (weights) => {
          const image = tf.slice(weights, [0, 0, 0, 0], [batch.batch, weights.shape[1]!, sequence, prefix]);
          layers.push(tf.mean(tf.sum(image, 3), 1));
        });
        return tf.div(tf.addN(layers), layers.length);
      });
      const shares = await take(this.backend, mass);
      return Float32Array.from(rows, (row) => shares[sequenceRow(row, batch.time, batch.time, prefix)]);
    });
  }

  readonly updateTokens: EngineModel['updateTokens'] = (batch, rows, targets, temperature, weigh, step) => {
    const { tf } = this.backend;
    return this.withInputs(batch, rows, async (inputs, own) => {
      const weights = weigh(await this.head(inputs, targets, temperature));
      this.backend.enter();
      const vector = (values: ArrayLike<number>) => own(tf.tensor1d(Float32Array.from(values)));
      const target = own(tf.tensor1d(targets.slice(), 'int32'));
      const logp = vector(weights.logp);
      const entropy = weights.entropy && vector(weights.entropy);
      const values = weights.values && vector(weights.values);
      return this.step(() => {
        const { logits, value } = this.run(inputs);
        if (!logits) throw new Error('this model has no language-model head');
        const loss = headLoss(tf, logits, target, temperature, logp, entropy);
        if (!values || !value) return loss;
        return tf.add(loss, tf.sum<Scalar>(tf.mul(tf.reshape(value, [-1]), values)));
      }, step);
    });
  };

  readonly updateClasses: EngineModel['updateClasses'] = (batch, rows, weigh, step) => {
    const { tf } = this.backend;
    return this.withInputs(batch, rows, async (inputs, own) => {
      const weights = weigh(await this.output(inputs, 'classes'));
      this.backend.enter();
      const gradients = own(tf.tensor1d(Float32Array.from(weights)));
      return this.step(() => {
        const { classes } = this.run(inputs);
        if (!classes) throw new Error('this model has no classes');
        return tf.sum<Scalar>(tf.mul(tf.reshape(classes, [-1]), gradients));
      }, step);
    });
  };

  readonly generate: EngineModel['generate'] = async (request) => {
    this.backend.enter();
    return generate(this.backend, this.spec, this.store.weights(), request);
  };

  readonly getParameters: EngineModel['getParameters'] = () => this.copy(this.store.tensors.flat);

  readonly setParameters: EngineModel['setParameters'] = async (parameters) => {
    checkSize('the weights have', this.spec.layout.size, parameters);
    this.backend.enter();
    this.store.set({ flat: parameters });
  };

  readonly getGradients: EngineModel['getGradients'] = () => this.copy(this.store.tensors.gradient);

  readonly getOptimizer: EngineModel['getOptimizer'] = async () => {
    const { first, second } = this.store.tensors;
    return { first: await this.copy(first), second: await this.copy(second), step: this.store.steps };
  };

  readonly setOptimizer: EngineModel['setOptimizer'] = async ({ first, second, step }) => {
    checkSize('the optimiser state has', this.spec.layout.size, first, second);
    this.backend.enter();
    this.store.set({ first, second });
    this.store.steps = step;
  };

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    if (!this.backend.guard.hasFailed) {
      this.backend.enter();
      this.store.dispose();
    }
    this.backend.release();
  }

  /** Backward and AdamW. A gradient that is not finite changes nothing. */
  private async step(loss: () => Scalar, step: OptimizerStep): Promise<StepReport> {
    const squares = this.store.differentiate(loss, step.freezeVision);
    const gradNorm = Math.sqrt((await take(this.backend, squares))[0]);
    if (!Number.isFinite(gradNorm)) return { gradNorm };
    this.backend.enter();
    this.store.update(step, gradNorm > step.maxGradNorm ? step.maxGradNorm / gradNorm : 1);
    return { gradNorm };
  }

  /** The full graph, inside the caller's tidy. */
  private run(inputs: BatchInputs, onWeights?: (weights: Tensor) => void): GraphOutputs {
    const observer = onWeights ? { weights: (_: number, weights: Tensor) => onWeights(weights) } : {};
    const { full, imageTokens } = this.spec;
    return runFull(this.backend.tf, full, this.store.weights(), inputs, imageTokens, observer);
  }

  /** Forward and head; one read brings all three results. */
  private async head(inputs: BatchInputs, targets: Int32Array, temperature: number): Promise<TokenOutputs> {
    const { tf } = this.backend;
    this.backend.enter();
    let hasValue = false;
    const joined = tf.tidy(() => {
      const { logits, value } = this.run(inputs);
      if (!logits) throw new Error('this model has no language-model head');
      const target = tf.tensor1d(targets.slice(), 'int32');
      const { logp, entropy } = headLogProbs(tf, logits, target, temperature);
      hasValue = value !== null;
      const parts: Tensor1D[] = [logp, entropy];
      if (value) parts.push(tf.reshape(value, [-1]));
      return tf.concat(parts);
    });
    const all = await take(this.backend, joined);
    const n = targets.length;
    return {
      logp: all.slice(0, n),
      entropy: all.slice(n, 2 * n),
      values: hasValue ? all.slice(2 * n) : null,
    };
  }

  private async output(inputs: BatchInputs, which: 'logits' | 'classes'): Promise<Float32Array> {
    this.backend.enter();
    const result = this.backend.tf.tidy((): Tensor2D => {
      const output = this.run(inputs)[which];
      if (!output) throw new Error(`this model has no ${which}`);
      return output;
    });
    return take(this.backend, result);
  }

  private async withInputs<T>(
    batch: SequenceBatch,
    rows: OutputRows,
    work: (inputs: BatchInputs, own: BatchInputs['own']) => Promise<T>,
  ): Promise<T> {
    this.backend.enter();
    const inputs = makeInputs(this.backend.tf, this.spec, batch, rows);
    try {
      return await work(inputs, inputs.own);
    } finally {
      inputs.dispose();
    }
  }

  private async copy(tensor: Tensor): Promise<Float32Array> {
    this.backend.enter();
    return Float32Array.from(await this.backend.guard.race(tensor.data()));
  }
}
