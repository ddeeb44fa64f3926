// What the view Device says, as figures with a sentence each; pure functions.

import { formatBytes, formatNumber } from '../../../base/format.ts';
import type { DeviceReport } from '../../../protocol/messages.ts';
import type { StorageEstimate } from '../../../storage/types.ts';
import type { AdapterReport } from '../../../terms/engines.ts';
import type { OfflineState } from '../../browser/offline.ts';

export type Fact = { term: string; value: string; sentence: string };

/** What a figure means, by its term: where that does not depend on the figure. */
const SENTENCES: { readonly [term: string]: string } = {
  'Vendor and architecture': 'As much as the browser tells; many hide the model on purpose, for privacy.',
  'Largest buffer': 'No single tensor in the memory of the adapter can be larger.',
  'Largest storage binding': 'How much of a buffer one kernel can see at a time.',
  'Workgroup width': 'How many threads of a workgroup can stand in a row.',
  'Threads in a workgroup': 'How many threads can work together on one piece.',
  'Workgroup memory': 'The fast memory that the threads of a workgroup share.',
  Subgroups: 'Whether neighbouring threads can hand each other values without memory.',
  'Half precision (f16)':
    'Whether kernels could compute with 16-bit numbers. Training here uses 32 bits in any case.',
  'Timestamp queries': 'Whether the time of single kernels can be measured on the adapter itself.',
  'Memory of the page':
    'JavaScript memory of what you see; models and training live in workers, which count apart. Only Chromium browsers tell.',
  'Memory with all workers': 'The page, the training worker and the store together, as last measured.',
  'Memory of the computer': 'Browsers round this coarsely and stop counting early, for privacy.',
  'Storage used': 'Stored runs and the page itself, against what the browser gives this page at most.',
  Rollouts: 'Tokens of responses that the policy writes in a second.',
  Updates: 'Tokens of responses that it learns from in a second, all passes over them counted as one.',
  'Processor cores': 'As many threads as the browser says run at once; some understate it, for privacy.',
  'Threads of the engine':
    'As many as there are cores, at most 4, unless the setting “CPU threads” says otherwise.',
};

/** By term: the figure, with its sentence where `SENTENCES` has none. */
type Figures = { readonly [term: string]: string | readonly [value: string, sentence: string] };

function factsOf(figures: Figures): Fact[] {
  return Object.entries(figures).map(([term, figure]) => {
    const [value, sentence] = typeof figure === 'string' ? [figure, SENTENCES[term]] : figure;
    return { term, value, sentence };
  });
}

const NOT_KNOWN = 'not known';

function bytes(value: number | null | undefined): string {
  return value === null || value === undefined ? NOT_KNOWN : formatBytes(value);
}

function count(value: number | null | undefined): string {
  return value === null || value === undefined ? NOT_KNOWN : value.toLocaleString('en');
}

/** One sentence on the adapter as a whole. */
export function adapterSentence(gpu: DeviceReport['gpu']): string {
  if (gpu === undefined) return 'Whether this browser has a graphics adapter for WebGPU is not known.';
  if (gpu === 'no-webgpu')
    return 'This browser has no WebGPU, so a graphics card cannot be used for training here. The engine "wasm" needs none.';
  if (gpu === 'no-adapter')
    return 'This browser has WebGPU, but finds no graphics adapter: hardware acceleration may be off, or the driver may be blocked. The engine "wasm" needs none.';
  if (gpu.software)
    return 'A software renderer: the same results, slower than the engine "wasm", so “auto” does not choose it.';
  return 'A hardware adapter. Whether it is faster than the processor is measured.';
}

export function adapterFacts(gpu: AdapterReport): Fact[] {
  const kind = gpu.software ? 'software renderer' : 'hardware';
  return factsOf({
    'Vendor and architecture':
      [gpu.vendor, gpu.architecture].filter((word) => word !== '').join(', ') || NOT_KNOWN,
    Kind:
      gpu.mode === 'core'
        ? [kind, 'It offers the whole of WebGPU.']
        : [`${kind}, compatibility mode`, 'It offers a part of WebGPU, as older graphics cards do.'],
  });
}

export function limitFacts({ limits, features }: AdapterReport): Fact[] {
  const has = (name: string) => (name in features ? (features[name] ? 'yes' : 'no') : NOT_KNOWN);
  return factsOf({
    'Largest buffer': bytes(limits.maxBufferSize),
    'Largest storage binding': bytes(limits.maxStorageBufferBindingSize),
    'Workgroup width': count(limits.maxComputeWorkgroupSizeX),
    'Threads in a workgroup': count(limits.maxComputeInvocationsPerWorkgroup),
    'Workgroup memory': bytes(limits.maxComputeWorkgroupStorageSize),
    Subgroups: has('subgroups'),
    'Half precision (f16)': has('shader-f16'),
    'Timestamp queries': has('timestamp-query'),
  });
}

export type MemoryNow = {
  usedBytes: number | null;
  capBytes: number | null;
  /** Of the page with its workers, where it was measured. */
  wholeBytes: number | null;
  deviceGigabytes: number | null;
};

export function memoryFacts(memory: MemoryNow, storage: StorageEstimate | null): Fact[] {
  const { usedBytes, capBytes, wholeBytes, deviceGigabytes } = memory;
  const stored = storage && storage.quotaBytes > 0 ? storage : null;
  return factsOf({
    'Memory of the page':
      usedBytes === null ? NOT_KNOWN : `${bytes(usedBytes)} of at most ${bytes(capBytes)}`,
    'Memory with all workers': bytes(wholeBytes),
    'Memory of the computer': deviceGigabytes === null ? NOT_KNOWN : `about ${deviceGigabytes} GB or more`,
    'Storage used': stored ? `${bytes(stored.usageBytes)} of ${bytes(stored.quotaBytes)}` : NOT_KNOWN,
    'Storage is kept': storage?.persisted
      ? ['until you delete it', 'The browser clears nothing of it by itself.']
      : [
          storage ? 'not promised' : NOT_KNOWN,
          'The browser may clear it when the disk is full. The view Runs can ask it not to.',
        ],
  });
}

export function speedFacts(rollout: number | null, update: number | null): Fact[] {
  const speed = (value: number | null) =>
    value === null ? NOT_KNOWN : `${formatNumber(Math.round(value))} tokens/s`;
  return factsOf({ Rollouts: speed(rollout), Updates: speed(update) });
}

export type PageState = { isolated: boolean; cores: number | null; offline: OfflineState };

const OFFLINE: { readonly [state in OfflineState]: readonly [string, string] } = {
  unknown: ['not known', 'Not looked at yet.'],
  preparing: ['being prepared', 'Files are being stored for offline use.'],
  ready: ['yes', 'The page is stored here and opens offline.'],
  failed: [
    'not yet',
    'A file of the page is missing or did not fit. The next visit tries again; everything else works.',
  ],
  unsupported: [
    'no',
    'The page cannot be stored: a private window, an address without https, or a development version.',
  ],
};

export function pageFacts({ isolated, cores, offline }: PageState, device: DeviceReport): Fact[] {
  return factsOf({
    'Cross-origin isolated': isolated
      ? ['yes', 'The page may share memory between threads, which the engine "wasm" needs to use several.']
      : [
          'no',
          'The engine "wasm" runs on one thread. Once the page is kept offline, a reload isolates it; npm start serves it isolated from the beginning.',
        ],
    'Processor cores': count(cores),
    'Threads of the engine': device.threads === null ? 'its own affair' : String(device.threads),
    'Works offline': OFFLINE[offline],
  });
}
