import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { configurationPage } from "#shared/config/configuration-page.ts";

/** Writes docs/configuration.md anew. A test holds the file against this. */
export function writeConfigurationPage(): void {
  writeFileSync(fileURLToPath(new URL("../../docs/configuration.md", import.meta.url)), configurationPage());
  process.stdout.write("wrote docs/configuration.md\n");
}
