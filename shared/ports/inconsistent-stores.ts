import { OperatingError } from "./operating-error.ts";

/** The stores of a shard do not belong together: one was damaged, or is older than the others. Going on would number other commands anew. */
export class InconsistentStores extends OperatingError {
  override readonly name = "InconsistentStores";
}
