// The store on files, for training in Node: a log of all changes, and a file for each checkpoint, which the log names.
//
// A killed process leaves at most a log with a cut-off end, which is passed over. A checkpoint is on the disk before the log names
// it, and so is all that was stored before it: it is whole or absent, also after a power failure. So is the record of a run.

import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { crc32 } from 'node:zlib';
import {
  type Change,
  type Checkpoint,
  type CheckpointManifest,
  type Kept,
  MemoryStore,
  StorageError,
  type StorageEstimate,
} from '../../storage/index.ts';
import { systemError } from '../systemError.ts';

type Entry =
  | Exclude<Change, { kind: 'checkpoint' }>
  | { kind: 'weights'; manifest: CheckpointManifest; file: number };

/** Before each value: its bytes and their CRC-32. */
const HEAD_BYTES = 8;

export class FileStore extends MemoryStore {
  readonly #folder: string;
  readonly #log: number;
  #endOfLog = 0;
  /** Number of the newest checkpoint's file. */
  #newestFile = 0;

  /** Opens the store in a folder, or makes one. The folder must be this process's own. @throws PlaygroundError */
  constructor(folder: string) {
    super();
    this.#folder = folder;
    this.#log = this.#onDisk(() => {
      mkdirSync(folder, { recursive: true });
      return openSync(join(folder, 'log'), constants.O_RDWR | constants.O_CREAT);
    });
    for (;;) {
      const at = this.#endOfLog;
      const found = this.#read(this.#log, at);
      if (!found) break;
      this.#endOfLog = found.end;
      this.#replay(found.value as Entry, at);
    }
    this.#onDisk(() => ftruncateSync(this.#log, this.#endOfLog));
  }

  close(): void {
    closeSync(this.#log);
  }

  override async estimate(): Promise<StorageEstimate> {
    const { bavail, bsize } = statfsSync(this.#folder);
    const sizes = readdirSync(this.#folder).map((name) => statSync(join(this.#folder, name)).size);
    const usageBytes = sizes.reduce((sum, size) => sum + size, 0);
    return { usageBytes, quotaBytes: usageBytes + bavail * bsize, persisted: false };
  }

  protected override commit(change: Change): void {
    const kept = this.#onDisk(() =>
      change.kind === 'checkpoint' ? this.#keepCheckpoint(change.checkpoint) : this.#append(change),
    );
    // The folder of a run names it from then on, also after a power failure.
    if (change.kind === 'run') this.#onDisk(() => fsyncSync(this.#log));
    this.apply(change, kept);
  }

  #replay(entry: Entry, at: number): void {
    if (entry.kind !== 'weights') {
      this.apply(entry, this.#inLog(at));
      return;
    }
    this.#newestFile = entry.file;
    const checkpoint = { manifest: entry.manifest, tensors: {} };
    this.apply({ kind: 'checkpoint', checkpoint }, this.#inFile(entry.file));
  }

  #append(entry: Entry): Kept {
    const at = this.#endOfLog;
    this.#endOfLog = write(this.#log, at, entry);
    return this.#inLog(at);
  }

  #keepCheckpoint(checkpoint: Checkpoint): Kept {
    // A number is used once, also where writing fails: the log may name it.
    const file = ++this.#newestFile;
    const kept = this.#inFile(file);
    try {
      const fd = openSync(this.#path(file), 'w');
      try {
        write(fd, 0, { kind: 'checkpoint', checkpoint });
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      syncFolder(this.#folder);
      this.#append({ kind: 'weights', manifest: checkpoint.manifest, file });
      fsyncSync(this.#log);
    } catch (error) {
      kept.drop?.();
      throw error;
    }
    return kept;
  }

  #path(file: number): string {
    return join(this.#folder, `checkpoint-${file}`);
  }

  #inLog(at: number): Kept {
    return { read: () => (this.#read(this.#log, at)?.value as Change | undefined) ?? null };
  }

  #inFile(file: number): Kept {
    const path = this.#path(file);
    return {
      read: () => {
        if (!statSync(path, { throwIfNoEntry: false })) return null;
        const fd = this.#onDisk(() => openSync(path, 'r'));
        try {
          return (this.#read(fd, 0)?.value as Change | undefined) ?? null;
        } finally {
          closeSync(fd);
        }
      },
      drop: () => rmSync(path, { force: true }),
    };
  }

  /** The value at a place, and where the next one begins; null where it is cut off or damaged. */
  #read(fd: number, at: number): { value: unknown; end: number } | null {
    const body = this.#onDisk(() => bytesAt(fd, at));
    if (!body) return null;
    try {
      return { value: deserialize(body), end: at + HEAD_BYTES + body.length };
    } catch (error) {
      throw new StorageError(
        'storage-unavailable',
        `${this.#folder} was written by a newer version of Node than ${process.version}.`,
        'Go on with that version.',
        {},
        { cause: error },
      );
    }
  }

  #onDisk<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw systemError(error, this.#folder) ?? error;
    }
  }
}

/** Gives where the next value begins. */
function write(fd: number, at: number, value: unknown): number {
  const body = serialize(value);
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32LE(body.length, 0);
  head.writeUInt32LE(crc32(body), 4);
  let end = at;
  for (const part of [head, body]) {
    for (let done = 0; done < part.length; ) {
      const written = writeSync(fd, part, done, part.length - done, end);
      done += written;
      end += written;
    }
  }
  return end;
}

/** The bytes of a value; null where they are cut off or damaged. */
function bytesAt(fd: number, at: number): Buffer | null {
  const left = fstatSync(fd).size - at - HEAD_BYTES;
  const head = Buffer.alloc(HEAD_BYTES);
  if (left <= 0 || readSync(fd, head, 0, HEAD_BYTES, at) < HEAD_BYTES) return null;
  const size = head.readUInt32LE(0);
  if (size === 0 || size > left) return null;
  const body = Buffer.alloc(size);
  const isWhole = readSync(fd, body, 0, size, at + HEAD_BYTES) === size;
  return isWhole && crc32(body) === head.readUInt32LE(4) ? body : null;
}

/** So that a new file is found after a power failure; Windows keeps its folders itself. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
