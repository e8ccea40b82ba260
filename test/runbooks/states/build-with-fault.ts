import { existsSync } from "node:fs";
import { registerHooks } from "node:module";

const RIGHT = "add(this.#supply, event.asset, event.amount);";
const WRONG = "add(this.#supply, event.asset, event.amount - 1);";

/**
 * Loaded into each process of a platform under test, ahead of its program: where the file that FAULTY_BUILD names is there, the program is one that was built wrong. Its gateway's view counts one unit less of
 * what comes in than comes in; its fold is what it was.
 */
registerHooks({
  load: (url, context, nextLoad) => {
    const loaded = nextLoad(url, context);
    const isFaulty =
      url.endsWith("/gateway/views/balance-memory.ts") && existsSync(process.env.FAULTY_BUILD ?? "");
    if (!isFaulty) return loaded;
    const source = String(loaded.source);
    if (!source.includes(RIGHT)) throw new Error(`the view no longer says: ${RIGHT}`);
    return { ...loaded, source: source.replace(RIGHT, WRONG) };
  },
});
