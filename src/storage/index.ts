// The store: what other rooms and the workers may use of it.

export { BUNDLE_FORMAT, BUNDLE_VERSION } from './bundleFormat.ts';
export { type BundleContents, readBundle } from './bundleRead.ts';
export { stageBundle, stageEnds } from './bundleStage.ts';
export { StorageError, type StorageErrorCode } from './errors.ts';
export { IdbStore } from './idbStore.ts';
export { MemoryStore } from './memoryStore.ts';
export { metricsFromCsv, metricsToCsv } from './metricsCsv.ts';
export {
  decodeSafetensors,
  encodeSafetensors,
  type Tensor,
  type TensorData,
  type Tensors,
} from './safetensors.ts';
export { indexRows } from './samples.ts';
export type * from './types.ts';
export type { StoreWorkerApi } from './workerApi.ts';
