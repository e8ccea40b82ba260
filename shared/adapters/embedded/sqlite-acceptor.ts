import type { DatabaseSync } from "node:sqlite";
import type { ShardId } from "#shared/domain/ids.ts";
import type { OwnershipRecord } from "#shared/domain/lineage.ts";
import type {
  AcceptAnswer,
  Acceptor,
  AcceptorMemory,
  Ballot,
  PrepareAnswer,
} from "#shared/ports/acceptor.ts";
import { type AcceptorTurn, BLANK_MEMORY, onAccept, onPrepare } from "#shared/ports/acceptor-memory.ts";
import { type CheckedRecord, checkedBytes, checksumOf } from "./checked-record.ts";
import { type DatabaseFile, openDatabase } from "./open-database.ts";
import { StorageError } from "./storage-errors.ts";

export interface SqliteAcceptorOptions extends DatabaseFile {
  /** Told once, when the database no longer takes or gives what it should; the acceptor then answers nothing any more. */
  readonly onFailure?: (error: unknown) => void;
}

const SCHEMA = {
  version: 1,
  statements:
    "CREATE TABLE acceptor (shard TEXT PRIMARY KEY, bytes BLOB NOT NULL, crc INTEGER NOT NULL) STRICT",
};

/**
 * Opens a Region's acceptor of the ownership register. Its calls reject with a `StorageError` if the file fails, and from then on always: an acceptor that does
 * not know what it promised must be silent.
 */
export function openSqliteAcceptor(options: SqliteAcceptorOptions): Acceptor {
  return new SqliteAcceptor(openDatabase(options, SCHEMA), options);
}

class SqliteAcceptor implements Acceptor {
  readonly #database: DatabaseSync;
  readonly #options: SqliteAcceptorOptions;
  readonly #select;
  readonly #upsert;
  #failure: unknown;

  constructor(database: DatabaseSync, options: SqliteAcceptorOptions) {
    this.#database = database;
    this.#options = options;
    this.#select = database.prepare("SELECT bytes, crc FROM acceptor WHERE shard = ?");
    this.#upsert = database.prepare(
      "INSERT INTO acceptor VALUES (?1, ?2, ?3) ON CONFLICT (shard) DO UPDATE SET bytes = ?2, crc = ?3",
    );
  }

  async read(shard: ShardId): Promise<AcceptorMemory> {
    return this.#guarded(() => this.#load(shard));
  }

  async prepare(shard: ShardId, ballot: Ballot): Promise<PrepareAnswer> {
    return this.#turn(shard, (memory) => onPrepare(memory, ballot));
  }

  async accept(shard: ShardId, ballot: Ballot, value: OwnershipRecord): Promise<AcceptAnswer> {
    return this.#turn(shard, (memory) => onAccept(memory, ballot, value));
  }

  async close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close();
  }

  #turn<Answer>(shard: ShardId, rule: (memory: AcceptorMemory) => AcceptorTurn<Answer>): Answer {
    const before = this.#guarded(() => this.#load(shard));
    const { memory, answer } = rule(before);
    if (memory !== before) this.#guarded(() => this.#save(shard, memory));
    return answer;
  }

  #load(shard: ShardId): AcceptorMemory {
    const row = this.#select.get(shard);
    if (row === undefined) return BLANK_MEMORY;
    const bytes = checkedBytes(
      row as unknown as CheckedRecord,
      this.#options.file,
      `what was promised for ${shard}`,
    );
    const { promised, accepted } = JSON.parse(new TextDecoder().decode(bytes)) as AcceptorMemory;
    return { promised, accepted };
  }

  /** One statement is one transaction, and so one fsync. */
  #save(shard: ShardId, memory: AcceptorMemory): void {
    const bytes = new TextEncoder().encode(JSON.stringify(memory));
    this.#upsert.run(shard, bytes, checksumOf(bytes));
  }

  #guarded<T>(work: () => T): T {
    if (!this.#database.isOpen)
      throw new StorageError(`The data file ${this.#options.file} was closed; the acceptor is silent.`);
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return work();
    } catch (error) {
      this.#failure = error;
      this.#options.onFailure?.(error);
      throw error;
    }
  }
}
