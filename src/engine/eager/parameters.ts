// Parameters, gradient and AdamW moments of one model as flat tensors, in the same padded layout as the fused engines.

import { power } from '../../base/exactMath.ts';
import type { ParameterLayout, ParameterSlice } from '../../model/spec.ts';
import type { OptimizerStep } from '../types.ts';
import type { Scalar, Tensor, Tensor1D, Tf } from './tf.ts';

/** The parameters, their moments in AdamW, and the last gradient. */
type Buffer = 'flat' | 'first' | 'second' | 'gradient';

/** Owns its tensors. Every method that touches tensors must run with the model's backend entered. */
export class ParameterStore {
  /** The flat buffers as they are now. */
  readonly tensors: Record<Buffer, Tensor1D>;
  private readonly decay: Tensor1D;
  private views: Map<string, Tensor> | null = null;
  steps = 0;

  constructor(
    private readonly tf: Tf,
    private readonly layout: ParameterLayout,
    initial: Float32Array,
  ) {
    const { size } = layout;
    const mask = new Float32Array(size);
    for (const slice of layout.slices) {
      if (slice.decay) mask.fill(1, slice.offset, slice.offset + slice.size);
    }
    this.decay = tf.tensor1d(mask);
    const zeros = () => tf.tensor1d(new Float32Array(size));
    this.tensors = { flat: tf.tensor1d(initial.slice()), first: zeros(), second: zeros(), gradient: zeros() };
  }

  /** Parameters by name; made anew after each change. */
  weights(): ReadonlyMap<string, Tensor> {
    if (this.views) return this.views;
    const { tf } = this;
    const views = new Map<string, Tensor>();
    for (const { name, offset, size, shape } of this.layout.slices) {
      views.set(
        name,
        tf.tidy(() => tf.keep(tf.reshape(tf.slice(this.tensors.flat, offset, size), [...shape]))),
      );
    }
    this.views = views;
    return views;
  }

  /** Copies values into buffers. */
  set(values: { readonly [buffer in Buffer]?: Float32Array }): void {
    const entries = Object.entries(values).map(([buffer, value]) => [
      buffer,
      this.tf.tensor1d(value.slice()),
    ]);
    this.replace(Object.fromEntries(entries));
  }

  /**
   * The gradient of `loss`, written to the flat buffer (frozen and unused slices are 0).
   * Returns its sum of squares as a tensor that the caller disposes.
   */
  differentiate(loss: () => Scalar, freezeVision: boolean): Scalar {
    const { tf } = this;
    const weights = this.weights();
    const active = this.layout.slices.filter((slice) => !(freezeVision && slice.part === 'vision'));
    const [gradient, squares] = tf.tidy(() => {
      const tensors = active.map((slice) => weights.get(slice.name)!);
      const { grads } = tf.engine().gradients(loss, tensors, undefined, true);
      const found = new Map<string, Tensor | null>(active.map((slice, i) => [slice.name, grads[i] ?? null]));
      const flat = this.assemble((slice) => found.get(slice.name) ?? null);
      return [flat, tf.sum<Scalar>(tf.mul(flat, flat))] as [Tensor1D, Scalar];
    });
    this.replace({ gradient });
    return squares;
  }

  /** Joins slices and their padding to one flat tensor. */
  private assemble(part: (slice: ParameterSlice) => Tensor | null): Tensor1D {
    const { tf } = this;
    const pieces: Tensor1D[] = [];
    let gap = 0;
    const fill = () => {
      if (gap > 0) pieces.push(tf.tensor1d(new Float32Array(gap)));
      gap = 0;
    };
    this.layout.slices.forEach((slice, i) => {
      const end = this.layout.slices[i + 1]?.offset ?? this.layout.size;
      const tensor = part(slice);
      if (!tensor) {
        gap += end - slice.offset;
        return;
      }
      fill();
      pieces.push(tf.reshape(tensor, [slice.size]));
      gap = end - slice.offset - slice.size;
    });
    fill();
    return pieces.length === 1 ? pieces[0] : tf.concat(pieces);
  }

  /**
   * AdamW (Loshchilov, Hutter 2019), the formula of the fused engines; `scale` multiplies the gradient (global-norm clip).
   * Frozen vision slices keep their values and moments.
   */
  update(step: OptimizerStep, scale: number): void {
    const { tf, tensors: old } = this;
    this.steps++;
    const correction1 = 1 - power(step.beta1, this.steps);
    const correction2 = 1 - power(step.beta2, this.steps);
    const start = step.freezeVision ? this.layout.visionEnd : 0;
    const tail = (tensor: Tensor1D): Tensor1D =>
      start > 0 ? tf.slice(tensor, start, this.layout.size - start) : tensor;
    const whole = (tensor: Tensor1D, before: Tensor1D): Tensor1D =>
      start > 0 ? tf.concat([tf.slice(before, 0, start), tensor]) : tensor;
    const [flat, first, second] = tf.tidy(() => {
      const g: Tensor1D = scale === 1 ? tail(old.gradient) : tf.mul(tail(old.gradient), scale);
      const m: Tensor1D = tf.add(tf.mul(tail(old.first), step.beta1), tf.mul(g, 1 - step.beta1));
      const v: Tensor1D = tf.add(tf.mul(tail(old.second), step.beta2), tf.mul(tf.mul(g, g), 1 - step.beta2));
      const change = tf.div(tf.div(m, correction1), tf.add(tf.sqrt(tf.div(v, correction2)), step.epsilon));
      const flatTail = tail(old.flat);
      const rate = step.learningRate * step.weightDecay;
      const kept: Tensor1D =
        rate === 0 ? flatTail : tf.mul(flatTail, tf.sub(1, tf.mul(tail(this.decay), rate)));
      const p: Tensor1D = tf.sub(kept, tf.mul(change, step.learningRate));
      return [whole(p, old.flat), whole(m, old.first), whole(v, old.second)];
    });
    this.replace({ flat, first, second });
  }

  dispose(): void {
    this.dropViews();
    this.tf.dispose([...Object.values(this.tensors), this.decay]);
  }

  private replace(next: { readonly [buffer in Buffer]?: Tensor1D }): void {
    for (const buffer of Object.keys(next) as Buffer[]) this.tensors[buffer].dispose();
    Object.assign(this.tensors, next);
    if (next.flat) this.dropViews();
  }

  private dropViews(): void {
    if (this.views) this.tf.dispose([...this.views.values()]);
    this.views = null;
  }
}
