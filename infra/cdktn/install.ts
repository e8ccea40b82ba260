import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MoveError } from "./move.ts";
import { CONTINUATION, SUCCESSORS, SYNTH_PACKAGES } from "./packages.ts";

/** Installed apart, because the two libraries must not be mixed and want different `constructs`. Ignored by git; kept, as it is 370 MB. */
const APART = fileURLToPath(new URL("../.cdktn", import.meta.url));
const OURS = fileURLToPath(new URL("../../node_modules", import.meta.url));
const INSTALL_MS_MAX = 300_000;

/**
 * Brings the continuation's packages from the registry, once.
 *
 * @returns the folder of packages
 * @throws MoveError with npm's own reason where it cannot bring them
 */
export function installApart(): string {
  const wanted = {
    private: true,
    dependencies: Object.fromEntries(SYNTH_PACKAGES.map((name) => [name, CONTINUATION[name]])),
  };
  const packages = join(APART, "node_modules");
  const stamp = join(APART, "installed.json");
  const text = JSON.stringify(wanted);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === text) return packages;
  rmSync(APART, { recursive: true, force: true });
  mkdirSync(APART, { recursive: true });
  writeFileSync(join(APART, "package.json"), text);
  const { status, stderr, error } = spawnSync(
    "npm",
    ["install", "--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"],
    { cwd: APART, encoding: "utf8", timeout: INSTALL_MS_MAX },
  );
  if (status !== 0) {
    rmSync(APART, { recursive: true, force: true });
    throw new MoveError(
      `npm cannot bring cdktn ${CONTINUATION.cdktn}: ${error?.message ?? firstLine(stderr)}`,
    );
  }
  writeFileSync(stamp, text);
  return packages;
}

/** Gives a moved copy its packages: the continuation's, and this repository's for all else. */
export function linkPackages(copy: string, apart: string): void {
  const folder = join(copy, "node_modules");
  mkdirSync(folder, { recursive: true });
  const replaced = new Set(
    [...Object.keys(SUCCESSORS), ...SYNTH_PACKAGES].map((name) => name.split("/", 1)[0]),
  );
  for (const name of readdirSync(OURS))
    if (!replaced.has(name)) symlinkSync(join(OURS, name), join(folder, name));
  for (const name of SYNTH_PACKAGES) {
    const [scope = name] = name.split("/", 1);
    if (!existsSync(join(folder, scope))) symlinkSync(join(apart, scope), join(folder, scope));
  }
}

function firstLine(text: string): string {
  return (text.split("\n").find((line) => line.trim() !== "") ?? "it says nothing").trim();
}
