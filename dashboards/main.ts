import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { generatedFiles } from "./generated-files.ts";

/** `npm run dashboards`: writes `dashboards/generated` anew. A test holds the files against this. */
for (const [name, text] of generatedFiles()) {
  const file = fileURLToPath(new URL(`generated/${name}`, import.meta.url));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  process.stdout.write(`wrote ${file}\n`);
}
