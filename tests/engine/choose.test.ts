// The choice of an engine where there is no browser: fused by default, and clear words for what is missing.

import { expect, test } from 'vitest';
import { PlaygroundError } from '../../src/base/errors.ts';
import { isSoftwareAdapter } from '../../src/engine/device/webgpuDevice.ts';
import { chooseEngine } from '../../src/engine/index.ts';
import { testSpec } from './support.ts';

test('auto takes the fused engine without WebGPU and says so', async () => {
  const { engine, reason, measuredMs } = await chooseEngine('auto', testSpec('qwen-mini'));
  expect(engine.name).toBe('wasm');
  expect(reason).toMatch(/no WebGPU/);
  expect(measuredMs).toEqual({});
});

test.each(['webgpu', 'webgl'] as const)('%s is refused by name, with a way on', async (choice) => {
  const error = await chooseEngine(choice).catch((failure: unknown) => failure);
  expect(error).toBeInstanceOf(PlaygroundError);
  expect((error as PlaygroundError).code).toBe('no-device');
  expect((error as PlaygroundError).message).toMatch(choice === 'webgpu' ? /WebGPU/ : /WebGL/);
  expect((error as PlaygroundError).hint).toMatch(/wasm/);
});

test.each(['wasm', 'cpu', 'tfjs-wasm'] as const)('%s starts when it is chosen', async (choice) => {
  const { engine, reason } = await chooseEngine(choice);
  expect(engine.name).toBe(choice);
  expect(reason).toMatch(/chosen/);
  engine.dispose();
});

test('software adapters are known by their names or their flag', () => {
  const adapter = (words: Partial<GPUAdapterInfo>) => ({
    vendor: '',
    architecture: '',
    device: '',
    description: '',
    ...words,
  });
  expect(isSoftwareAdapter(adapter({ vendor: 'google', architecture: 'swiftshader' }))).toBe(true);
  expect(isSoftwareAdapter(adapter({ description: 'llvmpipe (LLVM 15.0.6, 256 bits)' }))).toBe(true);
  expect(isSoftwareAdapter(adapter({ description: 'Microsoft Basic Render Driver' }))).toBe(true);
  expect(isSoftwareAdapter(adapter({ vendor: 'intel', isFallbackAdapter: true }))).toBe(true);
  expect(isSoftwareAdapter(adapter({ vendor: 'nvidia', architecture: 'hopper' }))).toBe(false);
  expect(isSoftwareAdapter(adapter({ vendor: 'apple', architecture: 'metal-3' }))).toBe(false);
});
