import type { Breakage } from "#test/mutations/broken-copy.ts";

/** What `npm run simulate -- --mutations` breaks, one at a time: each must be caught by the simulator. */
export const SIMULATED_MUTATIONS: readonly Breakage[] = [
  {
    name: "a repeated command is not recognized",
    file: "services/matching/engine/engine.ts",
    find: 'if (refused === "repeated") return shard.events;',
    replace: "",
  },
  {
    name: "a snapshot stands one command further than what is in it",
    file: "services/matching/matching-service.ts",
    find: "const position = this.#position;",
    replace: "const position = this.#position + 1;",
  },
  {
    name: "a snapshot is saved before the journal holds what is in it",
    file: "services/matching/matching-service.ts",
    find: "    await this.#writer.flush();\n    await snapshots.save(",
    replace: "    await snapshots.save(",
  },
  {
    name: "a failed append is told as refused",
    file: "services/gateway/log-order-entry.ts",
    find: 'if (!appended.ok && appended.error !== "unknown") {',
    replace: "if (!appended.ok) {",
  },
];
