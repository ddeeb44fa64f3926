// The losses room: everything other rooms may use.

export * from '../base/numbers.ts';
export * from './aggregate.ts';
export * from './entropy.ts';
export * from './logSoftmax.ts';
export * from './metrics.ts';
export { policyDriftWeight } from './policyDrift.ts';
export { ratioOf } from './ratio.ts';
export * from './referenceKl.ts';
export * from './replayWeight.ts';
export * from './table.ts';
export * from './types.ts';
export * from './valueLoss.ts';
