import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { rewrite } from "./rewrite.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A move that cannot be made or tried; the message is for whoever asked for it. */
export class MoveError extends Error {
  override readonly name = "MoveError";
}

/**
 * Writes the repository's files, moved to CDKTF's continuation, into a folder; into the repository itself if that is the folder.
 *
 * @returns the files that differ
 * @throws MoveError where git does not know the files, or the folder has files already
 */
export function moveTo(folder: string): string[] {
  const isHere = resolve(folder) === resolve(ROOT);
  if (!isHere && existsSync(join(folder, "package.json")))
    throw new MoveError(`${folder} has files already: name one that is new`);
  const changed: string[] = [];
  for (const path of filesOfRepository()) {
    const from = join(ROOT, path);
    const to = join(folder, path);
    if (!/\.(m?ts|json|md|yml)$/.test(path)) {
      if (isHere) continue;
      mkdirSync(dirname(to), { recursive: true });
      cpSync(from, to);
      continue;
    }
    const text = readFileSync(from, "utf8");
    const moved = rewrite(path, text);
    if (moved !== text) changed.push(path);
    if (isHere && moved === text) continue;
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, moved);
  }
  return changed;
}

/** Tracked and new files, without what is ignored. */
function filesOfRepository(): string[] {
  const { status, stdout, error, stderr } = spawnSync(
    "git",
    ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    { cwd: ROOT, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
  );
  if (status !== 0)
    throw new MoveError(`git does not list this repository's files: ${error?.message ?? stderr.trim()}`);
  return stdout.split("\0").filter((path) => path !== "" && existsSync(join(ROOT, path)));
}
