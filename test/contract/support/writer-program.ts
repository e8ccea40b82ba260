import type { Adapters } from "./adapters.ts";
import { WRITERS, type WriterName } from "./writers.ts";

/** Writes to a store of a world as fast as it can, says on a line of its own what was acknowledged, and goes on until it is killed. */
const [module = "", port = "", place = ""] = process.argv.slice(2);
const { adapters } = (await import(module)) as { adapters: Adapters };
await WRITERS[port as WriterName](adapters, place, (line) => process.stdout.write(`${line}\n`));
