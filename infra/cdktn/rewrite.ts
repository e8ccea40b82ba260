import { CONTINUATION, DROPPED_OVERRIDES, SUCCESSORS } from "./packages.ts";

/**
 * A file of this repository as it is on CDKTF's continuation: imports, packages and commands; nothing else. Names that the continuation keeps (`cdktf.json`, `cdktf.out`,
 * variables `CDKTF_*`) and what the state holds (the tag `ManagedBy`) stay, so that a plan after the move shows no change.
 *
 * @param path from the repository's root, with `/`
 */
export function rewrite(path: string, text: string): string {
  if (path === "package.json") return rewritePackages(text);
  if (/\.m?ts$/.test(path)) return rewriteImports(text);
  if (path.startsWith(".github/") || isInstruction(path))
    return text.replaceAll(/\bnpx cdktf (?=[a-z])/g, "npx cdktn ");
  return text;
}

/** Pages that tell people what to type; decisions and the changelog tell what was. */
function isInstruction(path: string): boolean {
  return path === "README.md" || /^docs\/[^/]+\.md$/.test(path);
}

function rewriteImports(text: string): string {
  return text.replaceAll(
    /(\b(?:from|import)\s*\(?\s*)"(cdktf|@cdktf\/provider-aws)((?:\/[^"]*)?)"/g,
    (_, before: string, name: string, path: string) => `${before}"${SUCCESSORS[name]}${path}"`,
  );
}

type Packages = Readonly<Record<string, string>>;

function rewritePackages(text: string): string {
  const { devDependencies, overrides, ...rest } = JSON.parse(text) as {
    readonly devDependencies: Packages;
    readonly overrides?: Packages;
  };
  const moved = Object.entries(devDependencies).map(([name, version]) => {
    const successor = SUCCESSORS[name];
    return successor === undefined
      ? ([name, version] as const)
      : ([successor, CONTINUATION[successor]] as const);
  });
  const kept = Object.entries(overrides ?? {}).filter(
    ([name]) => !DROPPED_OVERRIDES.some((dropped) => dropped === name),
  );
  const result = {
    ...rest,
    devDependencies: Object.fromEntries(moved.toSorted(([a], [b]) => (a < b ? -1 : 1))),
    ...(kept.length === 0 ? {} : { overrides: Object.fromEntries(kept) }),
  };
  return `${JSON.stringify(result, undefined, 2)}\n`;
}
