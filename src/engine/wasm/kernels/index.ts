// The kernels that the wasm executor calls (AssemblyScript).

export * from './attention';
export * from './layers';
export * from './math';
