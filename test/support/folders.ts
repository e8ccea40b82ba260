import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Folders of one test file, all removed at its end. */
export interface Folders {
  /** A new, empty folder. */
  make(): string;
  /** A new folder with the content of another. */
  copyOf(folder: string): string;
  removeAll(): void;
}

export function temporaryFolders(): Folders {
  const root = mkdtempSync(join(tmpdir(), "meridian-test-"));
  let count = 0;
  const next = () => join(root, `${++count}`);
  return {
    make: () => mkdtempSync(`${next()}-`),
    copyOf: (folder) => {
      const copy = next();
      cpSync(folder, copy, { recursive: true });
      return copy;
    },
    removeAll: () => rmSync(root, { recursive: true, force: true }),
  };
}

/**
 * The files of a folder, and of those in it, and a hash of the content of each. SQLite's `-shm` and an empty `-wal` are left out: they hold no data and come and go when
 * a file is only looked at.
 */
export function contentOf(folder: string): Record<string, string> {
  const content: Record<string, string> = {};
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    if (statSync(join(folder, name)).isDirectory()) continue;
    const bytes = readFileSync(join(folder, name));
    if (name.endsWith("-shm") || (name.endsWith("-wal") && bytes.length === 0)) continue;
    content[name] = createHash("sha256").update(bytes).digest("hex");
  }
  return content;
}
