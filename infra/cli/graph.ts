import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Environment } from "#infra/environments/environment.ts";
import { synthesize } from "#infra/offline/offline-platform.ts";
import { overview } from "#infra/overview/overview.ts";
import { withOverview } from "#infra/overview/page.ts";

const PAGE = fileURLToPath(new URL("../../docs/infrastructure.md", import.meta.url));

/** Draws the stacks of an environment, or writes them into the page. */
export async function printGraph(environment: Environment, write: boolean): Promise<void> {
  const platform = await synthesize(environment);
  try {
    const text = overview(platform);
    if (!write) process.stdout.write(text);
    else {
      writeFileSync(PAGE, withOverview(readFileSync(PAGE, "utf8"), text));
      process.stdout.write("wrote docs/infrastructure.md\n");
    }
  } finally {
    platform.forget();
  }
}
