import { existsSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { DamagedData, StorageError, UnknownDataVersion } from "./storage-errors.ts";

/** One database file: its tables, and the version of their form. */
export interface Schema {
  readonly version: number;
  readonly statements: string;
}

/**
 * Opens a database durably: write-ahead log, and an fsync before every commit returns (`synchronous = FULL`). A file that is damaged or of another
 * version is refused with a clear error and left as it is.
 */
export function openDatabase(file: string, schema: Schema): DatabaseSync {
  const isNew = !existsSync(file) || statSync(file).size === 0;
  let database: DatabaseSync | undefined;
  try {
    if (!isNew) inspect(file, schema);
    database = new DatabaseSync(file);
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 2000;");
    if (isNew) database.exec(`BEGIN; ${schema.statements}; PRAGMA user_version = ${schema.version}; COMMIT;`);
    return database;
  } catch (error) {
    database?.close();
    if (error instanceof StorageError) throw error;
    throw explain(file, error);
  }
}

/** Looks at a file without writing to it. */
function inspect(file: string, schema: Schema): void {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const check = database.prepare("PRAGMA quick_check(1)").get() as { quick_check: string } | undefined;
    if (check?.quick_check !== "ok")
      throw new DamagedData(`The data file ${file} is damaged: ${check?.quick_check}`);
    const { user_version: version } = database.prepare("PRAGMA user_version").get() as {
      user_version: number;
    };
    if (version !== schema.version) {
      throw new UnknownDataVersion(
        `The data file ${file} has version ${version}; this program knows ${schema.version}.`,
      );
    }
  } finally {
    database.close();
  }
}

function explain(file: string, error: unknown): StorageError {
  const message = error instanceof Error ? error.message : String(error);
  if (/not a database|malformed|corrupt|disk image/i.test(message)) {
    return new DamagedData(`The data file ${file} is damaged: ${message}`);
  }
  return new StorageError(`The data file ${file} cannot be opened: ${message}`);
}

/** Runs `work` in one transaction: all of it is durable when this returns, or none of it happened. */
export function transaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
