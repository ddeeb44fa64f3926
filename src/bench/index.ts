// The benchmark's front door: what the command needs.

export { resultCurves } from './curves.ts';
export { ENGINES } from './engines.ts';
export { sizeFigures } from './flops.ts';
export { PageHost } from './host.ts';
export { resultsMarkdown } from './markdown.ts';
export { bestPeaks, exitCodeOf, withPeakShares } from './results.ts';
export { BenchRun, type RunEvents } from './run.ts';
export { serveBench } from './serve.ts';
export { spreadOf } from './statistics.ts';
export { SIZES } from './task.ts';
export { TorchHost } from './torch/host.ts';
export type * from './types.ts';
export { verdictLine, verdictsOf } from './verdicts.ts';
