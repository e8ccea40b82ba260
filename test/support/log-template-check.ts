import { readFileSync } from "node:fs";

interface Mapping {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Mapping>>;
}

const FILE = new URL("../../infra/observability/log-index-template.json", import.meta.url);

/** Fields of lines of the log that the checked-in index template does not know, or knows as another type. */
export function unmappedFields(lines: readonly string[]): string[] {
  const { template } = JSON.parse(readFileSync(FILE, "utf8")) as { template: { mappings: Mapping } };
  const found = new Set<string>();
  for (const line of lines) collect(JSON.parse(line), template.mappings, "", found);
  return [...found];
}

function collect(value: object, { properties = {} }: Mapping, prefix: string, found: Set<string>): void {
  for (const [name, each] of Object.entries(value)) {
    const mapping = properties[name];
    if (mapping?.properties !== undefined) collect(each, mapping, `${prefix}${name}.`, found);
    else if (mapping === undefined || (mapping.type === "long") !== (typeof each === "number"))
      found.add(`${prefix}${name}`);
  }
}
