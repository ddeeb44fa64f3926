// The kernels that the wasm executor calls (AssemblyScript).

export * from './attention';
export * from './head';
export * from './layers';
export * from './math';
export * from './optimizer';
export * from './peak';
export * from './rows';
