import { EVENT_FIELDS, type FieldDefinition, LINE_FIELDS } from "./log-fields.ts";

/** Longer values are kept, and not found by. */
const KEYWORD_BYTES_MAX = 1024;

/**
 * The index template of the logs, as OpenSearch takes it (`PUT _index_template/meridian-logs`). What has no field in it is kept in the document and makes none:
 * a line must not be lost over one, nor the index grow by what a client writes.
 */
export function logIndexTemplate(): object {
  const fields: [string, FieldDefinition][] = Object.entries({ ...LINE_FIELDS, ...EVENT_FIELDS });
  const properties: Record<string, object> = {};
  for (const [name, { type }] of fields) {
    const mapping = type === "keyword" ? { type, ignore_above: KEYWORD_BYTES_MAX } : { type };
    const [parent, child] = name.split(".");
    if (parent === undefined || child === undefined) properties[name] = mapping;
    else {
      const known = (properties[parent] ?? { properties: {} }) as { properties: object };
      properties[parent] = { properties: { ...known.properties, [child]: mapping } };
    }
  }
  return {
    index_patterns: ["meridian-*"],
    priority: 100,
    template: {
      settings: { index: { number_of_shards: 1, number_of_replicas: 2, refresh_interval: "5s" } },
      mappings: { dynamic: false, properties },
    },
    _meta: { description: "Lines of Meridian's services; written from shared/telemetry/log-fields.ts" },
  };
}
