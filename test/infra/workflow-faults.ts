import { registerHooks } from "node:module";

/**
 * What GitHub's own reader of workflows says against one: its schema, its expressions, and which contexts and functions each place may use. `path` tells it whether that is a workflow or an action.
 * Whatever it says counts, a warning too. Rejects where the reader itself fails, which it would only log.
 */
export async function workflowFaults(path: string, text: string): Promise<string[]> {
  const { languageservice, cache } = await reader();
  // It asks a document for these two only.
  const document = { uri: `file:///${path}`, getText: () => text } as Parameters<
    typeof languageservice.validate
  >[0];
  // It remembers by the path alone.
  cache.clearCache();
  const diagnostics = await languageservice.validate(document);
  return diagnostics.map(({ message, range }) => `${path}:${range.start.line + 1}: ${message}`);
}

let loaded: ReturnType<typeof load> | undefined;

/** Once: it is large. */
function reader() {
  loaded ??= load();
  return loaded;
}

/** It is written for bundlers, which import JSON without being told that it is; Node wants to be told. */
async function load() {
  const hooks = registerHooks({
    resolve: (specifier, context, nextResolve) => {
      const resolved = nextResolve(specifier, context);
      return specifier.endsWith(".min.json") ? { ...resolved, importAttributes: { type: "json" } } : resolved;
    },
  });
  try {
    const languageservice = await import("@actions/languageservice");
    const fail = (message: string) => {
      throw new Error(message);
    };
    languageservice.registerLogger({ error: fail, warn: fail, info: () => {}, log: () => {} });
    const cache = await import("@actions/languageservice/utils/workflow-cache");
    return { languageservice, cache };
  } finally {
    hooks.deregister();
  }
}
