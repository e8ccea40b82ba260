import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DataFolderInUse, StorageError, UnknownDataVersion } from "./storage-errors.ts";

const VERSION = "meridian-data 1\n";
const VERSION_FILE = "VERSION";
const LOCK_FILE = "LOCK";

/** A folder that this process alone holds, until it closes it or ends in any way. */
export interface DataFolder {
  /** The path of a file in it. */
  file(name: string): string;
  close(): void;
}

/**
 * Opens or creates a data folder. `fresh` removes what an earlier run left, but only from a folder that is recognisably Meridian's.
 * Throws `DataFolderInUse`, `UnknownDataVersion`, `StorageError`.
 */
export function openDataFolder(path: string, options: { readonly fresh?: boolean } = {}): DataFolder {
  try {
    // It holds users and keys: nobody else on the machine reads it.
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StorageError(`The data folder ${path} cannot be made: ${(error as Error).message}`);
  }
  const versionFile = join(path, VERSION_FILE);
  const isOurs = existsSync(versionFile);
  if (!isOurs && readdirSync(path).length > 0) {
    throw new StorageError(
      `${path} is not empty and holds no data of Meridian; choose another folder with --data.`,
    );
  }
  const lock = takeLock(path);
  try {
    if (options.fresh && isOurs) clear(path);
    if (!existsSync(versionFile)) writeFileSync(versionFile, VERSION);
    const version = readFileSync(versionFile, "utf8");
    if (version !== VERSION) {
      throw new UnknownDataVersion(
        `The data folder ${path} has version "${version.trim()}"; this program knows "${VERSION.trim()}".`,
      );
    }
  } catch (error) {
    lock.close();
    throw error;
  }
  return { file: (name) => join(path, name), close: () => lock.close() };
}

/** An exclusive transaction on a database file of its own: the operating system lets go of it when the process ends, however it ends. */
function takeLock(path: string): DatabaseSync {
  const lock = new DatabaseSync(join(path, LOCK_FILE));
  try {
    lock.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE;");
    return lock;
  } catch (error) {
    lock.close();
    if (/locked|busy/i.test((error as Error).message)) {
      throw new DataFolderInUse(`The data folder ${path} is in use by another process.`);
    }
    throw new StorageError(`The data folder ${path} cannot be locked: ${(error as Error).message}`);
  }
}

function clear(path: string): void {
  for (const name of readdirSync(path)) {
    if (!name.startsWith(LOCK_FILE)) rmSync(join(path, name), { recursive: true });
  }
}
