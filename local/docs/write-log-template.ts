import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { logIndexTemplate } from "#shared/telemetry/log-template.ts";

/** `npm run log-template`: writes the index template of the logs anew. A test holds the file against this. */
const FILE = fileURLToPath(new URL("../../infra/observability/log-index-template.json", import.meta.url));
writeFileSync(FILE, `${JSON.stringify(logIndexTemplate(), null, 2)}\n`);
process.stdout.write(`wrote ${FILE}\n`);
