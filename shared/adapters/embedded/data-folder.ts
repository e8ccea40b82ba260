import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { DatabaseFile } from "./open-database.ts";
import { DataFolderInUse, OtherLayout, StorageError, UnknownDataVersion } from "./storage-errors.ts";

const VERSION = "meridian-data 1\n";
const VERSION_FILE = "VERSION";
const LOCK_FILE = "LOCK";
/** Says what kind of platform keeps its data here: one kind would misread the data of another. */
const LAYOUT_FILE = "LAYOUT";
/** Names the data files that were made: one that is gone or empty was lost, and is not made anew. */
const FILES_FILE = "FILES";

/** The layout where nothing is said, and of folders that were made before layouts were written down. */
export const ONE_REGION = "one Region in one process (--embedded)";

/** A folder that this process alone holds, until it closes it or ends in any way. */
export interface DataFolder {
  /** A data file in it, and whether an earlier run had made it. */
  file(name: string): DatabaseFile;
  /** These data files exist now; from here on they must. */
  remember(names: readonly string[]): void;
  close(): void;
}

export interface DataFolderOptions {
  /** Removes what an earlier run left, but only from a folder that is recognisably Meridian's. */
  readonly fresh?: boolean;
  /** What the folder is to hold, in words for whoever starts the platform; `ONE_REGION` where nothing is said. */
  readonly layout?: string;
}

/** Opens or creates a data folder. Throws `DataFolderInUse`, `UnknownDataVersion`, `OtherLayout`, `StorageError`. */
export function openDataFolder(path: string, options: DataFolderOptions = {}): DataFolder {
  const isOurs = makeFolder(path);
  const lock = takeLock(path);
  try {
    if (options.fresh && isOurs) clear(path);
    if (options.fresh || !isOurs) writeWhole(join(path, VERSION_FILE), VERSION);
    checkVersion(path);
    settleLayout(path, options.layout ?? ONE_REGION);
    const known = new Set(readNames(path));
    return {
      file: (name) => ({ file: join(path, name), known: known.has(name) }),
      remember: (names) => {
        if (!names.every((name) => known.has(name)))
          writeWhole(join(path, FILES_FILE), `${names.join("\n")}\n`);
      },
      close: () => {
        if (lock.isOpen) lock.close();
      },
    };
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** True if an earlier run of Meridian made it. A run that was killed right at its start may have left the lock alone. */
function makeFolder(path: string): boolean {
  try {
    // It holds users and keys: nobody else on the machine reads it.
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const names = readdirSync(path);
    if (names.includes(VERSION_FILE)) return true;
    if (names.every((name) => name.startsWith(LOCK_FILE) || name.startsWith(VERSION_FILE))) return false;
  } catch (error) {
    throw new StorageError(`The data folder ${path} cannot be made or read: ${(error as Error).message}`);
  }
  throw new StorageError(
    `${path} is not empty and holds no data of Meridian; choose another folder with --data.`,
  );
}

function checkVersion(path: string): void {
  const version = readFileSync(join(path, VERSION_FILE), "utf8");
  if (version === VERSION) return;
  const shown = JSON.stringify(version.trim().slice(0, 40));
  throw new UnknownDataVersion(
    `The data folder ${path} has version ${shown}; this program knows "${VERSION.trim()}".`,
  );
}

/** A folder that holds nothing yet takes the layout that is wanted. */
function settleLayout(path: string, wanted: string): void {
  const file = join(path, LAYOUT_FILE);
  const found = existsSync(file) ? readFileSync(file, "utf8").trim() : layoutOfEarlier(path);
  if (found === undefined) writeWhole(file, `${wanted}\n`);
  else if (found !== wanted) throw new OtherLayout(path, found, wanted);
}

/** Of a folder that says nothing of its layout; `undefined` if it holds no data. */
function layoutOfEarlier(path: string): string | undefined {
  if (existsSync(join(path, FILES_FILE))) return ONE_REGION;
  const isNothing = (name: string) =>
    [LOCK_FILE, VERSION_FILE, LAYOUT_FILE].some((own) => name.startsWith(own));
  return readdirSync(path).every(isNothing) ? undefined : "what an earlier version kept";
}

function readNames(path: string): string[] {
  const file = join(path, FILES_FILE);
  return existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
}

/** An exclusive transaction on a database file of its own: the operating system lets go of it when the process ends, however it ends. */
function takeLock(path: string): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(join(path, LOCK_FILE));
    lock.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE;");
    return lock;
  } catch (error) {
    lock?.close();
    if (/locked|busy/i.test((error as Error).message)) {
      throw new DataFolderInUse(`The data folder ${path} is in use by another process.`);
    }
    throw new StorageError(`The data folder ${path} cannot be locked: ${(error as Error).message}`);
  }
}

/** The list of files first and the version never: killed in the middle, the folder is still ours, and the next `--fresh` goes on. */
function clear(path: string): void {
  rmSync(join(path, FILES_FILE), { force: true });
  for (const name of readdirSync(path)) {
    if (!name.startsWith(LOCK_FILE) && name !== VERSION_FILE) rmSync(join(path, name), { recursive: true });
  }
}

/** All of it or nothing, whenever the machine stops. */
function writeWhole(file: string, text: string): void {
  const draft = `${file}.new`;
  const handle = openSync(draft, "w");
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(draft, file);
}
