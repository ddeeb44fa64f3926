// The advantages room: everything other rooms may use.

export * from './aggregateTerms.ts';
export * from './dynamicSampling.ts';
export { type Group, groupsOf } from './groups.ts';
export * from './overlong.ts';
export * from './table.ts';
export * from './types.ts';
