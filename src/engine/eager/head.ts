// The language-model head of the eager engine: log-softmax, log-prob of targets, entropy, and their gradient.

import { oneHot } from './operations.ts';
import type { Scalar, Tensor1D, Tensor2D, Tf } from './tf.ts';

/** Tensors of TokenOutputs without the values, both [rows]. */
export type HeadOutputs = { logp: Tensor1D; entropy: Tensor1D };

/** log pi(target) and entropy (nats) of softmax(logits / temperature); logits [rows, vocabulary], targets int32 [rows]. */
export function headLogProbs(tf: Tf, logits: Tensor2D, targets: Tensor1D, temperature: number): HeadOutputs {
  return tf.tidy(() => {
    const scaled: Tensor2D = temperature === 1 ? logits : tf.div(logits, temperature);
    const all: Tensor2D = tf.logSoftmax(scaled);
    const hot = oneHot(tf, targets, logits.shape[1]);
    return {
      logp: tf.sum<Tensor1D>(tf.mul(all, hot), 1),
      entropy: tf.neg(tf.sum<Tensor1D>(tf.mul(tf.exp(all), all), 1)),
    };
  });
}

/** sum(logpWeights logp) + sum(entropyWeights entropy): what the training path differentiates. Weights are [rows]. */
export function headLoss(
  tf: Tf,
  logits: Tensor2D,
  targets: Tensor1D,
  temperature: number,
  logpWeights: Tensor1D,
  entropyWeights: Tensor1D | null,
): Scalar {
  return tf.tidy(() => {
    const { logp, entropy } = headLogProbs(tf, logits, targets, temperature);
    const loss: Scalar = tf.sum(tf.mul(logp, logpWeights));
    return entropyWeights ? tf.add(loss, tf.sum(tf.mul(entropy, entropyWeights))) : loss;
  });
}

type HeadRest = Parameters<typeof headLoss> extends [Tf, Tensor2D, ...infer Rest] ? Rest : never;

/** d headLoss / d logits, [rows, vocabulary], by the same automatic differentiation. */
export function headGradient(tf: Tf, logits: Tensor2D, ...rest: HeadRest): Tensor2D {
  const loss = tf.grad((z) => headLoss(tf, z as Tensor2D, ...rest));
  return tf.tidy(() => loss(logits) as Tensor2D);
}
