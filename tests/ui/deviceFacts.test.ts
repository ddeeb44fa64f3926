// What the view Device says of adapter, memory, speed and threads, and that it says "not known" where a browser does not tell.

import { expect, test } from 'vitest';
import type { DeviceReport } from '../../src/protocol/messages.ts';
import type { AdapterReport } from '../../src/terms/engines.ts';
import {
  adapterFacts,
  adapterSentence,
  type Fact,
  limitFacts,
  memoryFacts,
  pageFacts,
  speedFacts,
} from '../../src/ui/views/device/facts.ts';

const GPU: AdapterReport = {
  description: 'acme gen-9',
  vendor: 'acme',
  architecture: 'gen-9',
  software: false,
  mode: 'core',
  limits: { maxBufferSize: 2e9, maxComputeWorkgroupSizeX: 1024 },
  features: { subgroups: true, 'shader-f16': false },
};

const DEVICE: DeviceReport = {
  backend: 'wasm',
  tier: 'fused',
  adapter: 'WebAssembly',
  simd: 'plain',
  threads: 2,
  reason: 'It was chosen.',
  measuredMs: {},
};

const NO_MEMORY = { usedBytes: null, capBytes: null, wholeBytes: null, deviceGigabytes: null };

function figureOf(facts: readonly Fact[], term: string): string {
  const found = facts.find((fact) => fact.term === term);
  if (!found) throw new Error(`There is no fact "${term}".`);
  return found.value;
}

test('the adapter is told apart: none looked for, no WebGPU, no adapter, a software one, hardware', () => {
  const cases = [undefined, 'no-webgpu', 'no-adapter', { ...GPU, software: true }, GPU] as const;
  const sentences = cases.map(adapterSentence);
  expect(new Set(sentences).size).toBe(cases.length);
  expect(sentences[1]).toContain('no WebGPU');
  expect(sentences[2]).toContain('no graphics adapter');
  expect(sentences[3]).toContain('software renderer');
  expect(sentences[4]).toContain('hardware');
});

test('vendor and kind are those of the browser; a browser that hides them is not guessed at', () => {
  expect(adapterFacts(GPU).map(({ value }) => value)).toEqual(['acme, gen-9', 'hardware']);
  const hidden = adapterFacts({ ...GPU, vendor: '', architecture: '', mode: 'compatibility' });
  expect(hidden.map(({ value }) => value)).toEqual(['not known', 'hardware, compatibility mode']);
});

test('limits have units; one that the report lacks is not known, not zero', () => {
  const facts = limitFacts(GPU);
  expect(figureOf(facts, 'Largest buffer')).toBe('2.0 GB');
  expect(figureOf(facts, 'Workgroup width')).toBe('1,024');
  expect(figureOf(facts, 'Largest storage binding')).toBe('not known');
  expect(figureOf(facts, 'Subgroups')).toBe('yes');
  expect(figureOf(facts, 'Half precision (f16)')).toBe('no');
  expect(figureOf(facts, 'Timestamp queries')).toBe('not known');
});

test('memory and storage are given with their cap, and storage says whether it is kept', () => {
  const storage = { usageBytes: 5e6, quotaBytes: 2e9, persisted: false };
  const facts = memoryFacts({ usedBytes: 3e6, capBytes: 4e9, wholeBytes: 90e6, deviceGigabytes: 8 }, storage);
  expect(facts.map(({ value }) => value)).toEqual([
    '3.0 MB of at most 4.0 GB',
    '90.0 MB',
    'about 8 GB or more',
    '5.0 MB of 2.0 GB',
    'not promised',
  ]);
  expect(figureOf(memoryFacts(NO_MEMORY, { ...storage, persisted: true }), 'Storage is kept')).toBe(
    'until you delete it',
  );
});

test('a browser that tells nothing of memory and storage gets no figure at all', () => {
  for (const { value } of memoryFacts(NO_MEMORY, null)) expect(value).toBe('not known');
  const unmeasured = memoryFacts(NO_MEMORY, { usageBytes: 0, quotaBytes: 0, persisted: false });
  expect(figureOf(unmeasured, 'Storage used')).toBe('not known');
});

test('speed is in tokens a second, and not known before there is any', () => {
  expect(speedFacts(1234.4, null).map(({ value }) => value)).toEqual(['1234 tokens/s', 'not known']);
});

test('threads are read from the engine at work; an engine of the graphics card has no such number', () => {
  const page = { isolated: true, cores: 4, offline: 'ready' } as const;
  expect(figureOf(pageFacts(page, DEVICE), 'Threads of the engine')).toBe('2');
  const one = { ...DEVICE, threads: 1 };
  expect(figureOf(pageFacts(page, one), 'Threads of the engine')).toBe('1');
  const gpu = { ...DEVICE, backend: 'wgsl', adapter: 'acme gen-9', simd: null, threads: null };
  expect(figureOf(pageFacts(page, gpu), 'Threads of the engine')).toBe('its own affair');
  const bare = pageFacts({ isolated: false, cores: null, offline: 'unsupported' }, DEVICE);
  expect(bare.map(({ value }) => value)).toEqual(['no', 'not known', '2', 'no']);
});
