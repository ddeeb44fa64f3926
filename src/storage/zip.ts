// Zip files: written by fflate, read with every check that a file from a stranger needs.

import { inflateSync, type Zippable, zipSync } from 'fflate';
import { crc32 } from './crc32.ts';
import { badBundle } from './errors.ts';

export type ZipLimits = { maxFiles: number; maxUnpackedBytes: number };

/** 1 GiB unpacked: far above any run of a model that fits a browser, far below what breaks one. */
export const BUNDLE_LIMITS: ZipLimits = { maxFiles: 20_000, maxUnpackedBytes: 1 << 30 };

const END_BYTES = 22;
const ENTRY_BYTES = 46;
/** Deflate cannot expand more than 1032 to 1, so a larger claim is a lie. */
const MAX_RATIO = 1032;

/** One zip of the files; the same files give the same bytes. Tensors are stored, texts are compressed. */
export function writeZip(files: ReadonlyMap<string, Uint8Array>): Uint8Array<ArrayBuffer> {
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
  start: number;
};

/**
 * The files of a zip by path. Sizes are checked before anything is unpacked, the checksum of every file after.
 * @throws StorageError `bad-bundle` with one sentence.
 */
export function readZip(zip: Uint8Array, limits: ZipLimits = BUNDLE_LIMITS): Map<string, Uint8Array> {
  const entries = readDirectory(zip, limits);
  const files = new Map<string, Uint8Array>();
  for (const entry of entries) {
    if (files.has(entry.path)) throw badBundle(`The zip file holds "${entry.path}" twice.`);
    files.set(entry.path, unpack(zip, entry));
  }
  return files;
}

function unpack(zip: Uint8Array, entry: Entry): Uint8Array {
  const packed = zip.subarray(entry.start, entry.start + entry.packed);
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

function findEnd(view: DataView): number {
  const last = view.byteLength - END_BYTES;
  for (let at = last; at >= Math.max(0, last - 0xffff); at--) {
    if (view.getUint32(at, true) === 0x06054b50) return at;
  }
  const isZip = view.byteLength >= 4 && view.getUint32(0, true) === 0x04034b50;
  throw badBundle(
    isZip ? 'The zip file is cut off: its table of contents is missing.' : 'This file is not a zip file.',
  );
}

function readDirectory(zip: Uint8Array, limits: ZipLimits): Entry[] {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  const end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (count > limits.maxFiles) {
    throw badBundle(
      `The zip file is too large: it holds ${count} files, and at most ${limits.maxFiles} are read.`,
    );
  }
  const entries: Entry[] = [];
  let total = 0;
  for (let i = 0; i < count; i++) {
    if (at + ENTRY_BYTES > end || view.getUint32(at, true) !== 0x02014b50) {
      throw badBundle('The zip file is damaged: its table of contents is broken.');
    }
    const nameBytes = view.getUint16(at + 28, true);
    const path = decodeName(zip.subarray(at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes));
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

function decodeName(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw badBundle('The zip file is damaged: a file name is unreadable.');
  }
}

function readEntry(view: DataView, at: number, path: string): Entry {
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  const packed = view.getUint32(at + 20, true);
  const unpacked = view.getUint32(at + 24, true);
  const local = view.getUint32(at + 42, true);
  const damaged = badBundle(`The zip file is damaged: the entry of "${path}" is broken.`);
  if (flags & 1) throw badBundle(`The zip file is encrypted: "${path}" cannot be read.`);
  if (method !== 0 && method !== 8)
    throw badBundle(`The zip file packs "${path}" in a way that is not read here.`);
  if (local + 30 > view.byteLength || view.getUint32(local, true) !== 0x04034b50) throw damaged;
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  if (start + packed > view.byteLength) throw damaged;
  if (method === 0 ? packed !== unpacked : unpacked > MAX_RATIO * packed + 64) throw damaged;
  return { path, deflated: method === 8, crc: view.getUint32(at + 16, true), packed, unpacked, start };
}
