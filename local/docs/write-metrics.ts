import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { metricsPage } from "./metrics-page.ts";

/** `npm run metrics`: writes docs/metrics.md anew. A test holds the file against this. */
const FILE = fileURLToPath(new URL("../../docs/metrics.md", import.meta.url));
writeFileSync(FILE, metricsPage());
process.stdout.write(`wrote ${FILE}\n`);
