import { existsSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { DamagedData, StorageError, UnknownDataVersion } from "./storage-errors.ts";

/** One database file: its tables, and the version of their form. */
export interface Schema {
  readonly version: number;
  readonly statements: string;
}

/** Where a database is. */
export interface DatabaseFile {
  readonly file: string;
  /** An earlier run made it, so it must be there with its tables; otherwise a file that is missing or empty is made. */
  readonly known?: boolean;
}

/**
 * Opens a database durably: write-ahead log, and an fsync before every commit returns (`synchronous = FULL`). A file that is damaged or of another
 * version is refused with a clear error and left as it is.
 */
export function openDatabase({ file, known = false }: DatabaseFile, schema: Schema): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    const isEmpty = !existsSync(file) || statSync(file).size === 0 || inspect(file, schema) === "empty";
    if (isEmpty && known)
      throw new DamagedData(
        `The data file ${file} is ${existsSync(file) ? "damaged: it is empty" : "missing"}.`,
      );
    database = new DatabaseSync(file);
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 2000;");
    if (isEmpty)
      database.exec(`BEGIN; ${schema.statements}; PRAGMA user_version = ${schema.version}; COMMIT;`);
    return database;
  } catch (error) {
    if (database?.isOpen) database.close();
    if (error instanceof StorageError) throw error;
    throw explain(file, error);
  }
}

/** Looks at a file without writing to it. `empty`: a start that was killed before it had made the tables left it. */
function inspect(file: string, schema: Schema): "whole" | "empty" {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const check = database.prepare("PRAGMA quick_check(1)").get() as { quick_check: string } | undefined;
    if (check?.quick_check !== "ok")
      throw new DamagedData(`The data file ${file} is damaged: ${oneLine(check?.quick_check ?? "")}`);
    const version = Number(database.prepare("PRAGMA user_version").get()?.user_version);
    const tables = Number(database.prepare("SELECT count(*) AS count FROM sqlite_schema").get()?.count);
    if (version === 0 && tables === 0) return "empty";
    if (version !== schema.version) {
      throw new UnknownDataVersion(
        `The data file ${file} has version ${version}; this program knows ${schema.version}.`,
      );
    }
    return "whole";
  } finally {
    database.close();
  }
}

function explain(file: string, error: unknown): StorageError {
  const message = oneLine(error instanceof Error ? error.message : String(error));
  if (/not a database|malformed|corrupt|disk image/i.test(message)) {
    return new DamagedData(`The data file ${file} is damaged: ${message}`);
  }
  return new StorageError(`The data file ${file} cannot be opened: ${message}`);
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
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
