// Named tensors as safetensors files (https://github.com/huggingface/safetensors, "Format"), strictly checked.

import { badBundle } from './errors.ts';
import { halvesOf, ofHalves } from './float16.ts';
import type { NamedTensor } from './types.ts';

/** A dense tensor in row-major order; the product of `shape` is the length of `data`. */
export type Tensor = { readonly shape: readonly number[]; readonly data: TensorData };
export type TensorData = Float32Array | Int32Array | Uint8Array;
export type Tensors = { readonly [name: string]: Tensor };
export type NamedTensors = { [name: string]: NamedTensor };

type DType = 'F32' | 'F16' | 'I32' | 'U8';
type HeaderEntry = { dtype: DType; shape: number[]; data_offsets: [number, number] };

const ITEM_BYTES: { readonly [dtype in DType]: number } = { F32: 4, I32: 4, F16: 2, U8: 1 };
/** Far above the names of any model that fits a browser. */
const MAX_HEADER_BYTES = 4 * 1048576;

function dtypeOf(data: TensorData, half: boolean): DType {
  if (data instanceof Float32Array) return half ? 'F16' : 'F32';
  return data instanceof Int32Array ? 'I32' : 'U8';
}

function countItems(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

export type EncodeOptions = { half?: boolean; metadata?: { readonly [key: string]: string } };

/**
 * The tensors as one safetensors file. Four-byte types come first, so that everything is aligned;
 * otherwise the order of the object is kept. `half` stores floats as F16, rounded to nearest even.
 * @throws RangeError if a tensor's shape and data disagree, or a number is too large for F16.
 */
export function encodeSafetensors(
  tensors: Tensors,
  { half = false, metadata }: EncodeOptions = {},
): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(tensors).map(([name, tensor]) => ({
    name,
    tensor,
    dtype: dtypeOf(tensor.data, half),
  }));
  entries.sort((a, b) => ITEM_BYTES[b.dtype] - ITEM_BYTES[a.dtype]);
  let offset = 0;
  const header = entries.map(({ name, tensor, dtype }): [string, HeaderEntry] => {
    if (name === '__metadata__') throw new RangeError('A tensor cannot be called "__metadata__".');
    if (countItems(tensor.shape) !== tensor.data.length) {
      throw new RangeError(
        `Tensor "${name}" has shape [${tensor.shape.join(', ')}] but ${tensor.data.length} numbers.`,
      );
    }
    const start = offset;
    offset += tensor.data.length * ITEM_BYTES[dtype];
    return [name, { dtype, shape: [...tensor.shape], data_offsets: [start, offset] }];
  });
  const described = Object.fromEntries<HeaderEntry | EncodeOptions['metadata']>(header);
  const headerText = new TextEncoder().encode(
    JSON.stringify(metadata ? { __metadata__: metadata, ...described } : described),
  );
  const headerBytes = Math.ceil(headerText.length / 8) * 8;
  const file = new Uint8Array(8 + headerBytes + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, 8, 8 + headerBytes);
  file.set(headerText, 8);
  for (const [name, entry] of header) {
    const { data } = tensors[name];
    const stored = entry.dtype === 'F16' ? halvesOf(data as Float32Array, name) : data;
    const bytes = new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
    file.set(bytes, 8 + headerBytes + entry.data_offsets[0]);
  }
  return file;
}

/**
 * The tensors of a safetensors file, each with an array of its own; F16 is read as float32.
 * @param what how to call the file in error messages.
 * @throws StorageError `bad-bundle` with one sentence for any damage.
 */
export function decodeSafetensors(file: Uint8Array, what = 'The safetensors file'): Tensors {
  const { entries, dataStart } = checkLayout(file, file.length, what);
  return Object.fromEntries(
    entries.map(({ name, entry }) => {
      const [start, end] = entry.data_offsets;
      // A copy: `slice` of a Buffer of Node would share the whole file.
      const bytes = new Uint8Array(file.subarray(dataStart + start, dataStart + end));
      return [name, { shape: entry.shape, data: viewAs(entry.dtype, bytes) }];
    }),
  );
}

/** Bytes of a safetensors file up to its first tensor, by its first eight. @throws StorageError `bad-bundle` */
export function headBytes(start: Uint8Array, what: string): number {
  if (start.length < 8) throw badBundle(`${what} is cut off: it has only ${start.length} bytes.`);
  const size = new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true);
  if (size > BigInt(MAX_HEADER_BYTES))
    throw badBundle(
      `${what} is damaged or of another kind: its header claims ${size} bytes, and at most ${MAX_HEADER_BYTES} are read.`,
    );
  return 8 + Number(size);
}

/**
 * Whether the tensors that the header names fill the file, without a gap: its head and its size are enough to know.
 * @throws StorageError `bad-bundle`
 */
export function checkLayout(
  head: Uint8Array,
  size: number,
  what: string,
): { entries: { name: string; entry: HeaderEntry }[]; dataStart: number } {
  const { header, dataStart } = readHeader(head, what);
  const dataBytes = size - dataStart;
  const entries = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, raw]) => ({ name, entry: readEntry(raw, name, what) }));
  let expected = 0;
  for (const { name, entry } of [...entries].sort(byOffset)) {
    if (entry.data_offsets[0] !== expected)
      throw badBundle(`${what} is damaged: tensor "${name}" overlaps or leaves a gap.`);
    expected = entry.data_offsets[1];
  }
  if (expected > dataBytes)
    throw badBundle(`${what} is cut off: ${expected - dataBytes} bytes of its data are missing.`);
  if (expected < dataBytes) throw badBundle(`${what} is damaged: it goes on after its last tensor.`);
  return { entries, dataStart };
}

/**
 * The same tensors, of which each holds floats, and no NaN and no infinity among them: weights that a model can compute with.
 * @throws StorageError `bad-bundle` naming the first tensor that is none of these.
 */
export function finiteFloats(tensors: Tensors, what: string): NamedTensors {
  const checked = Object.entries(tensors).map(([name, { shape, data }]): [string, NamedTensor] => {
    if (!(data instanceof Float32Array))
      throw badBundle(`${what} is damaged: tensor "${name}" holds no floats.`);
    const bad = data.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw badBundle(`${what} cannot be used: tensor "${name}" holds ${data[bad]} at ${bad}.`);
    return [name, { shape, data }];
  });
  return Object.fromEntries(checked);
}

/** The metadata of a safetensors file; empty where it has none. @throws StorageError `bad-bundle` */
export function metadataOf(file: Uint8Array, what: string): { readonly [key: string]: unknown } {
  const { header } = readHeader(file, what);
  const found = Object.entries(header).find(([name]) => name === '__metadata__')?.[1];
  return typeof found === 'object' && found !== null ? found : {};
}

function byOffset(a: { entry: HeaderEntry }, b: { entry: HeaderEntry }): number {
  return (
    a.entry.data_offsets[0] - b.entry.data_offsets[0] || a.entry.data_offsets[1] - b.entry.data_offsets[1]
  );
}

function viewAs(dtype: DType, bytes: Uint8Array<ArrayBuffer>): TensorData {
  if (dtype === 'F32') return new Float32Array(bytes.buffer);
  if (dtype === 'F16') return ofHalves(new Uint16Array(bytes.buffer));
  return dtype === 'I32' ? new Int32Array(bytes.buffer) : bytes;
}

function readHeader(file: Uint8Array, what: string): { header: object; dataStart: number } {
  const dataStart = headBytes(file, what);
  if (dataStart > file.length) throw badBundle(`${what} is cut off inside its header.`);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(file.subarray(8, dataStart)));
  } catch {
    throw badBundle(`${what} is damaged: its header is no JSON.`);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw badBundle(`${what} is damaged: its header is no JSON object.`);
  }
  return { header, dataStart };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function readEntry(raw: unknown, name: string, what: string): HeaderEntry {
  const broken = (problem: string) => badBundle(`${what} is damaged: tensor "${name}" ${problem}.`);
  if (typeof raw !== 'object' || raw === null) throw broken('has no description');
  const { dtype, shape, data_offsets: offsets } = raw as { [key: string]: unknown };
  if (typeof dtype !== 'string' || !Object.hasOwn(ITEM_BYTES, dtype)) {
    throw badBundle(
      `${what} holds tensor "${name}" of type ${String(dtype)}; only F32, F16, I32 and U8 are read here.`,
    );
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) throw broken('has no valid shape');
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
    throw broken('has no valid offsets');
  const [start, end] = offsets as [number, number];
  const type = dtype as DType;
  if (end < start || end - start !== countItems(shape) * ITEM_BYTES[type])
    throw broken('does not fit its shape');
  return { dtype: type, shape, data_offsets: [start, end] };
}
