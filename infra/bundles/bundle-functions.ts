import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type Bundles, FUNCTIONS, type FunctionName, handlerOf } from "./bundles.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A function that is to be deployed and has no handler in the sources. */
export class HandlerMissing extends Error {
  override readonly name = "HandlerMissing";
}

/** Bundles all functions into folders under `outdir`. Throws `HandlerMissing`: no function is deployed without its handler. */
export async function bundleFunctions(outdir: string): Promise<Bundles> {
  const folders = await Promise.all(
    FUNCTIONS.map(async (name) => {
      const folder = join(outdir, name);
      await bundleFunction(join(ROOT, handlerOf(name)), folder);
      return [name, folder] as const;
    }),
  );
  return Object.fromEntries(folders) as Record<FunctionName, string>;
}

/**
 * One function's handler and all it imports as `index.mjs`, for Lambda's Node 22. The AWS SDK goes in too: the runtime's own changes under us.
 * Two builds of the same sources are the same bytes, so a plan shows no change where there is none.
 */
export async function bundleFunction(entry: string, folder: string): Promise<void> {
  if (!existsSync(entry)) throw new HandlerMissing(`the function's handler is not in the sources: ${entry}`);
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
