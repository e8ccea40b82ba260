import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { apiDocumentText } from "#services/gateway/rest/api-document.ts";

/** `npm run openapi`: writes docs/openapi.json anew. A test holds the file against this. */
const FILE = fileURLToPath(new URL("../../docs/openapi.json", import.meta.url));
writeFileSync(FILE, apiDocumentText());
process.stdout.write(`wrote ${FILE}\n`);
