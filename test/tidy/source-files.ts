import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FOLDERS = ["shared", "services", "infra", "local", "dashboards", "runbooks", "test", "bench"];
const IGNORED = new Set(["node_modules", "dist", "fixtures"]);

/** One file of the repository's code. */
export interface SourceFile {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string;
  /** The text with comments blanked out: what runs. */
  readonly code: string;
}

/** All TypeScript (and the one JavaScript file) of the repository. */
export function sourceFiles(): SourceFile[] {
  const paths = FOLDERS.flatMap((folder) => filesUnder(folder)).filter((path) =>
    /\.(ts|tsx|mjs)$/.test(path),
  );
  return paths.map((path) => sourceFile(path, readFileSync(join(ROOT, path), "utf8")));
}

export function sourceFile(path: string, text: string): SourceFile {
  return { path, text, code: withoutComments(text) };
}

/** What a file imports, type imports too: paths from the root for files of the repository, package names as they are. */
export function importsOf({
  path,
  code,
}: SourceFile): { readonly specifier: string; readonly target: string }[] {
  const found = code.matchAll(/\b(?:from|import)\s*\(?\s*["']([^"']+)["']/g);
  return [...found].map(([, specifier = ""]) => {
    if (specifier.startsWith("#")) return { specifier, target: specifier.slice(1) };
    if (!specifier.startsWith(".")) return { specifier, target: specifier };
    return { specifier, target: posix.join(posix.dirname(path), specifier) };
  });
}

function filesUnder(folder: string): string[] {
  let entries: ReturnType<typeof list>;
  try {
    entries = list(folder);
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return IGNORED.has(entry.name) ? [] : filesUnder(path);
    // The rules hold samples that break them.
    return path === "test/tidy/rules.ts" ? [] : [path];
  });
}

function list(folder: string) {
  return readdirSync(join(ROOT, folder), { withFileTypes: true });
}

/** Comments become blanks, line breaks stay. Texts stay: a ban may look into them. */
function withoutComments(text: string): string {
  const token = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return text.replaceAll(token, (found) =>
    found.startsWith("//") || found.startsWith("/*") ? found.replaceAll(/[^\n]/g, " ") : found,
  );
}
