// The tfjs module as a value that is passed around, since it is loaded only when an eager engine is asked for.

export type Tf = typeof import('@tensorflow/tfjs-core');
export type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
