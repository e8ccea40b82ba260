import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type Bundles, FUNCTIONS, type FunctionName, handlerOf } from "./bundles.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface BundledFunctions {
  readonly bundles: Bundles;
  /** Functions whose handler is not in the sources: theirs is a bundle that says so when it is called. */
  readonly missing: readonly FunctionName[];
}

/** Bundles all functions into folders under `outdir`. */
export async function bundleFunctions(outdir: string): Promise<BundledFunctions> {
  const missing: FunctionName[] = [];
  const folders = await Promise.all(
    FUNCTIONS.map(async (name) => {
      const folder = join(outdir, name);
      const entry = join(ROOT, handlerOf(name));
      if (existsSync(entry)) await bundleFunction(entry, folder);
      else {
        missing.push(name);
        writeAbsent(folder, handlerOf(name));
      }
      return [name, folder] as const;
    }),
  );
  return { bundles: Object.fromEntries(folders) as Record<FunctionName, string>, missing };
}

/**
 * One function's handler and all it imports as `index.mjs`, for Lambda's Node 22. The AWS SDK goes in too: the runtime's own changes under us.
 * Two builds of the same sources are the same bytes, so a plan shows no change where there is none.
 */
export async function bundleFunction(entry: string, folder: string): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile: join(folder, "index.mjs"),
    bundle: true,
    platform: "node",
    target: "node22",
    format: "esm",
    minify: true,
    keepNames: true,
    sourcemap: false,
    legalComments: "none",
    // Bundled CommonJS packages still ask for Node's own modules by `require`.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    logLevel: "warning",
    absWorkingDir: ROOT,
  });
}

function writeAbsent(folder: string, handler: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "index.mjs"),
    `export async function handler() {\n  throw new Error("this function was deployed without its handler, ${handler}");\n}\n`,
  );
}
