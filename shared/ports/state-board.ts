import type { RegionState } from "#shared/protocol/region-state.ts";
import type { Subscription } from "./command-log.ts";

/** Where a Region's publishing task says how its shards stand, and the Region's other tasks hear it. */
export interface StateBoard {
  /** Never waits and never throws: what cannot be told is told with the next. */
  tell(state: RegionState): void;
  /**
   * Calls with what is told, and soon with what was told last; at least once, in any order, and by and by also where messages are lost. Who listens goes by `publisher`
   * and `beat`.
   */
  listen(onState: (state: RegionState) => void): Subscription;
  close(): Promise<void>;
}
