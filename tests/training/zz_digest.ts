import { resolvePreset, validateSettings } from '../../src/config/index.ts';
import { createWasmEngine } from '../../src/engine/wasm/engine.ts';
import { metricsDigest } from '../../src/storage/metricsDigest.ts';
import { RUN_ID, trainTiny } from './harness.ts';

const settings = validateSettings({ seed: 7 } as never, resolvePreset('smoke').settings);
const { store } = await trainTiny({ settings, engine: await createWasmEngine({ threads: 1 }) });
console.log(metricsDigest(await store.readMetrics(RUN_ID)));
(await import('node:fs')).writeFileSync(
  process.argv[2],
  (await import('../../src/storage/index.ts')).metricsToCsv(await store.readMetrics(RUN_ID)),
);
process.exit(0);
