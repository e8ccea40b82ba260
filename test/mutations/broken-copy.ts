import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FOLDERS = ["services", "shared", "test", "local"];

/** A text that stands exactly once in a file, and what takes its place. */
export interface Breakage {
  readonly name: string;
  /** From the root of the repository. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A copy of the code in a folder of its own, to be broken. */
export function copyCode(): string {
  const folder = mkdtempSync(join(tmpdir(), "meridian-mutate-"));
  for (const name of FOLDERS) {
    mkdirSync(join(folder, name), { recursive: true });
    cpSync(join(ROOT, name), join(folder, name), {
      recursive: true,
      filter: (path) => !path.includes("node_modules") && !path.endsWith("/dist"),
    });
  }
  for (const file of ["package.json", ".mocharc.json", "tsconfig.json"])
    cpSync(join(ROOT, file), join(folder, file));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return folder;
}

export function removeCopy(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Runs something while the copy is broken, and mends it. Throws where the text is not there exactly once. */
export async function whileBroken<T>(
  folder: string,
  { name, file, find, replace }: Breakage,
  run: () => T | Promise<T>,
): Promise<T> {
  const path = join(folder, file);
  const intact = readFileSync(path, "utf8");
  if (intact.split(find).length !== 2)
    throw new Error(`"${name}": the text to break is not exactly once in ${file}`);
  writeFileSync(
    path,
    intact.replace(find, () => replace),
  );
  try {
    return await run();
  } finally {
    writeFileSync(path, intact);
  }
}
