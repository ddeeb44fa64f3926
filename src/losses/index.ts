// The losses room: everything other rooms may use.

export * from './aggregate.ts';
export * from './formula.ts';
export * from './logSoftmax.ts';
export * from './metrics.ts';
export { ratioOf, tokenLogRatios } from './ratio.ts';
export { k3 } from './referenceKl.ts';
export * from './replayWeight.ts';
export * from './table.ts';
export * from './types.ts';
export * from './valueLoss.ts';
