// The store: what other rooms and the workers may use of it.

export { exportRun } from './bundleExport.ts';
export { importRun } from './bundleImport.ts';
export { type BundleContents, readBundle } from './bundleRead.ts';
export { stageBundle, stageEnds } from './bundleStage.ts';
export { StorageError } from './errors.ts';
export { exportFile, type FileRequest } from './exportFiles.ts';
export { IdbStore } from './idbStore.ts';
export { checkFileSize, readRunBytes } from './incoming.ts';
export { type Change, type Kept, MemoryStore } from './memoryStore.ts';
export { metricsFromCsv, metricsToCsv } from './metricsCsv.ts';
export { metricsDigest } from './metricsDigest.ts';
export { codeSchema, engineSchema, withOrigin } from './originSchema.ts';
export { withProgress } from './progressPort.ts';
export {
  decodeSafetensors,
  encodeSafetensors,
  type Tensors,
} from './safetensors.ts';
export type * from './types.ts';
export { encodeHeads, encodePolicy, stageEnd } from './weightsFile.ts';
export type { StoreWorkerApi } from './workerApi.ts';
