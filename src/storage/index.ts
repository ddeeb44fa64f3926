// The store: what other rooms and the workers may use of it.

export { exportRun, type ProgressListener } from './bundleExport.ts';
export { BUNDLE_FORMAT, BUNDLE_VERSION } from './bundleFormat.ts';
export { importRun } from './bundleImport.ts';
export { type BundleContents, readBundle } from './bundleRead.ts';
export { stageBundle, stageEnds } from './bundleStage.ts';
export type { LatestMetrics, StoredCurve } from './curves.ts';
export { StorageError } from './errors.ts';
export { exportFile, type FileRequest } from './exportFiles.ts';
export type { RunDetails } from './idbDetails.ts';
export { IdbStore } from './idbStore.ts';
export { MemoryStore } from './memoryStore.ts';
export { metricsFromCsv, metricsToCsv } from './metricsCsv.ts';
export { metricsDigest } from './metricsDigest.ts';
export { codeSchema, engineSchema, withOrigin } from './originSchema.ts';
export { withProgress } from './progressPort.ts';
export {
  decodeSafetensors,
  encodeSafetensors,
  type Tensor,
  type TensorData,
  type Tensors,
} from './safetensors.ts';
export { indexRows } from './samples.ts';
export type * from './types.ts';
export { encodeHeads, encodePolicy, FRESH_STATE } from './weightsFile.ts';
export type { StoreWorkerApi, WorkProgress } from './workerApi.ts';
