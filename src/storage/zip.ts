// Zip files: written by fflate, read with every check that a file from a stranger needs.

import { inflateSync, type Zippable, zipSync } from 'fflate';
import { crc32 } from './crc32.ts';
import { badBundle, exportTooLarge } from './errors.ts';

export type ZipLimits = { maxFiles: number; maxUnpackedBytes: number };

/**
 * What is read, and so what may be written. 1 GiB unpacked: far above any run of a model that fits a browser, far below what
 * breaks one.
 */
export const BUNDLE_LIMITS: ZipLimits = { maxFiles: 20_000, maxUnpackedBytes: 1 << 30 };

const END_BYTES = 22;
const ENTRY_BYTES = 46;
/** Deflate cannot expand more than 1032 to 1, so a larger claim is a lie. */
const MAX_RATIO = 1032;

/**
 * One zip of the files; the same files give the same bytes. Tensors are stored, texts are compressed.
 * @throws StorageError `too-large` for one that `readZip` would refuse.
 */
export function writeZip(
  files: ReadonlyMap<string, Uint8Array>,
  limits: ZipLimits = BUNDLE_LIMITS,
): Uint8Array<ArrayBuffer> {
  const bytes = [...files.values()].reduce((total, { length }) => total + length, 0);
  if (files.size > limits.maxFiles || bytes > limits.maxUnpackedBytes)
    throw exportTooLarge(bytes, limits.maxUnpackedBytes);
  const zippable: Zippable = {};
  for (const [path, bytes] of files)
    zippable[path] = [bytes, { level: path.endsWith('.safetensors') ? 0 : 6 }];
  return zipSync(zippable, { mtime: new Date(1980, 0, 1) });
}

type Entry = {
  path: string;
  deflated: boolean;
  crc: number;
  packed: number;
  unpacked: number;
  /** Where its own header begins. */
  local: number;
};

/**
 * The files of a zip by path. Sizes are checked before anything is unpacked, the checksum of every file after.
 * @throws StorageError `bad-bundle` with one sentence.
 */
export function readZip(zip: Uint8Array, limits: ZipLimits = BUNDLE_LIMITS): Map<string, Uint8Array> {
  const entries = readDirectory(zip, zip.length, limits);
  const files = new Map<string, Uint8Array>();
  for (const entry of entries) {
    if (files.has(entry.path)) throw badBundle(`The zip file holds "${entry.path}" twice.`);
    files.set(entry.path, unpack(zip, entry, startOf(zip, entry)));
  }
  return files;
}

function unpack(zip: Uint8Array, entry: Entry, start: number): Uint8Array {
  const packed = zip.subarray(start, start + entry.packed);
  let bytes = packed;
  if (entry.deflated) {
    try {
      bytes = inflateSync(packed, { out: new Uint8Array(entry.unpacked) });
    } catch {
      throw badBundle(`The zip file is damaged: "${entry.path}" cannot be unpacked.`);
    }
  }
  if (bytes.length !== entry.unpacked || crc32(bytes) !== entry.crc) {
    throw badBundle(`The zip file is damaged: the checksum of "${entry.path}" is wrong.`);
  }
  return bytes;
}

/** Where the data of an entry begin. @throws StorageError `bad-bundle` */
function startOf(zip: Uint8Array, { path, local, packed }: Entry): number {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  if (local + 30 > zip.length || view.getUint32(local, true) !== 0x04034b50) throw brokenEntry(path);
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  if (start + packed > zip.length) throw brokenEntry(path);
  return start;
}

const brokenEntry = (path: string) => badBundle(`The zip file is damaged: the entry of "${path}" is broken.`);

/** Bytes at the end of a zip among which its end record is. */
export const END_SEARCH_BYTES = END_BYTES + 0xffff;

/** Where in `tail`, the last bytes of a zip, its end record is, and where in the file its table of contents begins. */
export function findEnd(tail: Uint8Array): { end: number; directory: number } {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  const last = tail.length - END_BYTES;
  for (let at = last; at >= Math.max(0, last - 0xffff); at--) {
    if (view.getUint32(at, true) === 0x06054b50) return { end: at, directory: view.getUint32(at + 16, true) };
  }
  throw badBundle('The zip file is cut off: its table of contents is missing.');
}

/**
 * The entries of a zip by its last bytes, from the table of contents on.
 * @param size bytes of the whole file. @throws StorageError `bad-bundle` for what is too large or damaged.
 */
export function readDirectory(tail: Uint8Array, size: number, limits: ZipLimits = BUNDLE_LIMITS): Entry[] {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  const { end, directory } = findEnd(tail);
  const count = view.getUint16(end + 10, true);
  let at = directory - (size - tail.length);
  if (count > limits.maxFiles) {
    throw badBundle(
      `The zip file is too large: it holds ${count} files, and at most ${limits.maxFiles} are read.`,
    );
  }
  const entries: Entry[] = [];
  let total = 0;
  for (let i = 0; i < count; i++) {
    if (at < 0 || at + ENTRY_BYTES > end || view.getUint32(at, true) !== 0x02014b50) {
      throw badBundle('The zip file is damaged: its table of contents is broken.');
    }
    const nameBytes = view.getUint16(at + 28, true);
    const path = decodeName(tail.subarray(at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes));
    const entry = readEntry(view, at, path);
    total += entry.unpacked;
    if (total > limits.maxUnpackedBytes) {
      const megabytes = Math.round(limits.maxUnpackedBytes / 1048576);
      throw badBundle(`The zip file is too large: unpacked it is more than ${megabytes} MB.`);
    }
    if (!path.endsWith('/')) entries.push(entry);
    at += ENTRY_BYTES + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

/** Names are UTF-8, or in the code page of an old system, which only ever matters in the name of a folder on top. */
function decodeName(bytes: Uint8Array): string {
  let name: string;
  try {
    name = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    name = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  }
  return name.replaceAll('\\', '/');
}

function readEntry(view: DataView, at: number, path: string): Entry {
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  const packed = view.getUint32(at + 20, true);
  const unpacked = view.getUint32(at + 24, true);
  if (flags & 1) throw badBundle(`The zip file is encrypted: "${path}" cannot be read.`);
  if (method !== 0 && method !== 8)
    throw badBundle(`The zip file packs "${path}" in a way that is not read here.`);
  if (method === 0 ? packed !== unpacked : unpacked > MAX_RATIO * packed + 64) throw brokenEntry(path);
  const crc = view.getUint32(at + 16, true);
  return { path, deflated: method === 8, crc, packed, unpacked, local: view.getUint32(at + 42, true) };
}
