// One lazily opened connection to the database, and transactions whose every failure is one clear error.

import { type IDBPTransaction, openDB } from 'idb';
import { deepCopy } from './copy.ts';
import { isClosedConnection, noIndexedDb, runNotFound, toStorageError, upgradeBlocked } from './errors.ts';
import { type CosmoSchema, DATABASE_NAME, type Database, MIGRATIONS, type StoreName } from './schema.ts';

export type ConnectionOptions = {
  /** Name of the database; another than the default is for tests. */
  name?: string;
  /** Version to open; another than the number of migrations is for tests. */
  version?: number;
  /** Another way to open it is for tests. */
  openDatabase?: typeof openDB<CosmoSchema>;
};

/** A connection that is closing ends its transactions first, and blocks an upgrade for as long. */
const LETTING_GO_MS = 1000;

/** Opens the database when it is first needed, lets go of it when another tab upgrades it, and opens it again. */
export class Connection {
  private opening: Promise<Database> | null = null;
  /** The database of the connection in use. */
  private current: Database | null = null;
  private readonly name: string;
  private readonly version: number;
  private readonly openDatabase: typeof openDB<CosmoSchema>;

  constructor({
    name = DATABASE_NAME,
    version = MIGRATIONS.length,
    openDatabase = openDB,
  }: ConnectionOptions = {}) {
    this.name = name;
    this.version = version;
    this.openDatabase = openDatabase;
  }

  /**
   * Runs the work on the open database. If the connection turns out to be closed, nothing of a transaction was
   * kept, so the work is done once more on a new one.
   * @param doing what the work is about, for the error message ("the samples of step 7").
   * @throws StorageError `storage-unavailable`, `disk-full`, or what the work throws.
   */
  async use<T>(doing: string, work: (db: Database) => Promise<T>): Promise<T> {
    for (let isFirst = true; ; isFirst = false) {
      let db: Database | null = null;
      try {
        db = await this.open();
        return await work(db);
      } catch (error) {
        const isClosed = isClosedConnection(error);
        // Also the second time: the next use begins with another connection.
        if (isClosed && db) this.release(db);
        if (!isClosed || !isFirst) throw toStorageError(error, doing);
      }
    }
  }

  /** Closes the connection; the next use opens a new one. */
  async close(): Promise<void> {
    const opening = this.opening;
    this.opening = null;
    (await opening?.catch(() => null))?.close();
  }

  /** Closes this connection; a newer one that another call has opened meanwhile stays. */
  private release(db: Database): void {
    db.close();
    if (this.current === db) this.opening = null;
  }

  private open(): Promise<Database> {
    this.opening ??= this.start();
    return this.opening;
  }

  /** While another tab blocks the upgrade every use rejects; as soon as it lets go the connection is there. */
  private start(): Promise<Database> {
    return new Promise((resolve, reject) => {
      let late: ReturnType<typeof setTimeout> | undefined;
      const onBlocked = () => {
        late = setTimeout(() => reject(upgradeBlocked()), LETTING_GO_MS);
      };
      this.connect(onBlocked).then(
        (db) => {
          clearTimeout(late);
          this.current = db;
          this.opening = Promise.resolve(db);
          resolve(db);
        },
        (error: unknown) => {
          clearTimeout(late);
          this.opening = null;
          reject(error);
        },
      );
    });
  }

  private async connect(onBlocked: () => void): Promise<Database> {
    // Where a browser forbids it, to ask may throw already.
    if (typeof indexedDB === 'undefined' || indexedDB === null) throw noIndexedDb();
    return this.openDatabase(this.name, this.version, {
      upgrade: (db, from, to, transaction) => {
        for (let version = from; version < (to ?? this.version); version++) {
          MIGRATIONS[version]?.(db, transaction);
        }
      },
      blocked: onBlocked,
      blocking: (_from, _to, event) => {
        (event.target as IDBDatabase).close();
        this.opening = null;
      },
      terminated: () => {
        this.opening = null;
      },
    });
  }
}

/** Writes that may be lost with the power are `relaxed`; checkpoints are `strict`. */
export type Durability = 'relaxed' | 'strict';

/**
 * One transaction. `work` may await nothing but requests of the transaction. Resolves when everything is committed;
 * rejects, with nothing written, with the first true cause (a request that dies with its transaction only knows
 * `AbortError`).
 */
export async function transact<Names extends readonly StoreName[], Mode extends 'readonly' | 'readwrite', T>(
  db: Database,
  names: Names,
  mode: Mode,
  work: (transaction: IDBPTransaction<CosmoSchema, Names, Mode>) => Promise<T>,
  durability: Durability = 'relaxed',
): Promise<T> {
  const transaction = db.transaction(names, mode, { durability });
  const committed = transaction.done.then(
    () => null,
    (error: unknown) => ({ error }),
  );
  let result: T;
  try {
    result = await work(transaction);
  } catch (error) {
    try {
      transaction.abort();
    } catch {
      // It has ended already.
    }
    const failure = await committed;
    throw isClosedConnection(error) && failure ? failure.error : error;
  }
  const failure = await committed;
  if (failure) throw failure.error;
  return result;
}

type RecordStore = 'heads' | 'evaluations' | 'checkpoints' | 'checkpointChunks';

/** Puts a record that belongs to a stored run. @throws StorageError `not-found` */
export function putOfRun<Name extends RecordStore>(
  db: Database,
  name: Name,
  record: CosmoSchema[Name]['value'],
  durability?: Durability,
): Promise<void> {
  const names: readonly ('runs' | RecordStore)[] = ['runs', name];
  const put = async (transaction: IDBPTransaction<CosmoSchema, typeof names, 'readwrite'>) => {
    await requireRun(transaction, record.runId);
    await transaction.objectStore(name).put(deepCopy(record));
  };
  return transact(db, names, 'readwrite', put, durability);
}

/** Rejects with `not-found` unless the run is stored; to be called inside the transaction that writes. */
export async function requireRun<
  Names extends readonly ('runs' | StoreName)[],
  Mode extends 'readonly' | 'readwrite',
>(transaction: IDBPTransaction<CosmoSchema, Names, Mode>, runId: string): Promise<void> {
  const key = await transaction.objectStore('runs' as Names[number]).getKey(runId);
  if (key === undefined) throw runNotFound(runId);
}
