// What the view Device says, as figures with a sentence each; pure functions.

import { formatBytes, formatNumber } from '../../../base/format.ts';
import type { DeviceReport } from '../../../protocol/messages.ts';
import type { StorageEstimate } from '../../../storage/types.ts';
import type { AdapterReport } from '../../../terms/engines.ts';
import type { OfflineState } from '../../browser/offline.ts';

export type Fact = { term: string; value: string; sentence: string };

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
    return 'This is a software renderer: the processor plays a graphics card. It computes the same, but slower than the engine "wasm", so it is not chosen by itself.';
  return 'The browser says that this adapter is hardware. Whether it is faster than the processor is measured, not assumed.';
}

export function adapterFacts(gpu: AdapterReport): Fact[] {
  return [
    {
      term: 'Vendor and architecture',
      value: [gpu.vendor, gpu.architecture].filter((word) => word !== '').join(', ') || NOT_KNOWN,
      sentence: 'As much as the browser tells; many hide the model on purpose, for privacy.',
    },
    {
      term: 'Kind',
      value: `${gpu.software ? 'software renderer' : 'hardware'}${gpu.mode === 'core' ? '' : ', compatibility mode'}`,
      sentence:
        gpu.mode === 'core'
          ? 'It offers the whole of WebGPU.'
          : 'It offers a part of WebGPU, as older graphics cards do.',
    },
  ];
}

export function limitFacts({ limits, features }: AdapterReport): Fact[] {
  const has = (name: string) => (name in features ? (features[name] ? 'yes' : 'no') : NOT_KNOWN);
  return [
    {
      term: 'Largest buffer',
      value: bytes(limits.maxBufferSize),
      sentence: 'No single tensor in the memory of the adapter can be larger.',
    },
    {
      term: 'Largest storage binding',
      value: bytes(limits.maxStorageBufferBindingSize),
      sentence: 'How much of a buffer one kernel can see at a time.',
    },
    {
      term: 'Workgroup width',
      value: count(limits.maxComputeWorkgroupSizeX),
      sentence: 'How many threads of a workgroup can stand in a row.',
    },
    {
      term: 'Threads in a workgroup',
      value: count(limits.maxComputeInvocationsPerWorkgroup),
      sentence: 'How many threads can work together on one piece.',
    },
    {
      term: 'Workgroup memory',
      value: bytes(limits.maxComputeWorkgroupStorageSize),
      sentence: 'The fast memory that the threads of a workgroup share.',
    },
    {
      term: 'Subgroups',
      value: has('subgroups'),
      sentence: 'Whether neighbouring threads can hand each other values without memory.',
    },
    {
      term: 'Half precision (f16)',
      value: has('shader-f16'),
      sentence: 'Whether kernels could compute with 16-bit numbers. Training here uses 32 bits in any case.',
    },
    {
      term: 'Timestamp queries',
      value: has('timestamp-query'),
      sentence: 'Whether the time of single kernels can be measured on the adapter itself.',
    },
  ];
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
  return [
    {
      term: 'Memory of the page',
      value: usedBytes === null ? NOT_KNOWN : `${bytes(usedBytes)} of at most ${bytes(capBytes)}`,
      sentence:
        'JavaScript memory of what you see; models and training live in workers, which count apart. Only Chromium browsers tell.',
    },
    {
      term: 'Memory with all workers',
      value: bytes(wholeBytes),
      sentence: 'The page, the training worker and the store together, as last measured.',
    },
    {
      term: 'Memory of the computer',
      value: deviceGigabytes === null ? NOT_KNOWN : `about ${deviceGigabytes} GB or more`,
      sentence: 'Browsers round this coarsely and stop counting early, for privacy.',
    },
    {
      term: 'Storage used',
      value: stored ? `${bytes(stored.usageBytes)} of ${bytes(stored.quotaBytes)}` : NOT_KNOWN,
      sentence: 'Stored runs and the page itself, against what the browser gives this page at most.',
    },
    {
      term: 'Storage is kept',
      value: storage === null ? NOT_KNOWN : storage.persisted ? 'until you delete it' : 'not promised',
      sentence: storage?.persisted
        ? 'The browser clears nothing of it by itself.'
        : 'The browser may clear it when the disk is full. The view Runs can ask it not to.',
    },
  ];
}

export function speedFacts(rollout: number | null, update: number | null): Fact[] {
  const speed = (value: number | null) =>
    value === null ? NOT_KNOWN : `${formatNumber(Math.round(value))} tokens/s`;
  return [
    {
      term: 'Rollouts',
      value: speed(rollout),
      sentence: 'Tokens of responses that the policy writes in a second.',
    },
    {
      term: 'Updates',
      value: speed(update),
      sentence: 'Tokens of responses that it learns from in a second, all passes over them counted as one.',
    },
  ];
}

export type PageState = { isolated: boolean; cores: number | null; offline: OfflineState };

const OFFLINE: { readonly [state in OfflineState]: readonly [string, string] } = {
  unknown: ['not known', 'It has not been looked at yet.'],
  preparing: ['being prepared', 'The files of the page are being kept; this goes on by itself.'],
  ready: ['yes', 'The page is kept by this browser and opens without a network.'],
  unsupported: [
    'no',
    'The page cannot be kept here: a private window, an address without https, or a version under development.',
  ],
};

export function pageFacts({ isolated, cores, offline }: PageState, device: DeviceReport): Fact[] {
  const [value, sentence] = OFFLINE[offline];
  return [
    {
      term: 'Cross-origin isolated',
      value: isolated ? 'yes' : 'no',
      sentence: isolated
        ? 'The page may share memory between threads, which the engine "wasm" needs to use several.'
        : 'The engine "wasm" runs on one thread. Once the page is kept offline, a reload isolates it; npm start serves it isolated from the beginning.',
    },
    {
      term: 'Processor cores',
      value: count(cores),
      sentence: 'As many threads as the browser says run at once; some understate it, for privacy.',
    },
    {
      term: 'Threads of the engine',
      value: device.threads === null ? 'its own affair' : String(device.threads),
      sentence: 'By default as many as there are cores, at most 4: the setting “CPU threads”.',
    },
    { term: 'Works offline', value, sentence },
  ];
}
