import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildPlatform } from "./app.ts";
import { bundleFunctions, HandlerMissing } from "./bundles/bundle-functions.ts";
import { EnvironmentError } from "./environments/check-environment.ts";
import { ENVIRONMENTS, isEnvironmentName } from "./environments/environments.ts";
import { ownerFromVariables } from "./environments/owner.ts";

/** What `cdktf synth`, `plan` and `apply` run: the environment named by MERIDIAN_ENV, dev otherwise. */
async function main(): Promise<void> {
  const name = process.env.MERIDIAN_ENV || "dev";
  if (!isEnvironmentName(name))
    throw new EnvironmentError(name, [
      `no such environment; MERIDIAN_ENV is one of ${Object.keys(ENVIRONMENTS).join(", ")}`,
    ]);
  const environment = ENVIRONMENTS[name](ownerFromVariables(process.env));
  const outdir = process.env.CDKTF_OUTDIR || fileURLToPath(new URL("../cdktf.out", import.meta.url));
  const bundles = await bundleFunctions(join(outdir, "bundles"));
  buildPlatform({ environment, bundles, outdir }).app.synth();
}

main().catch((error: unknown) => {
  if (!(error instanceof EnvironmentError || error instanceof HandlerMissing)) throw error;
  process.stderr.write(`meridian: ${error.message}\n`);
  process.exitCode = 1;
});
