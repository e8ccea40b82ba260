import type { OpsCommand } from "../command.ts";
import { AUDIT } from "./audit.ts";
import { DIGEST } from "./digest.ts";
import { LEDGER } from "./ledger.ts";
import { MARKET, MARKETS } from "./market.ts";
import { OWNERS } from "./owners.ts";
import { DRAIN, PROMOTE } from "./promote.ts";
import { QUEUES, REDRIVE } from "./queues.ts";
import { RECONCILIATIONS } from "./reconciliations.ts";
import { REBUILD, REPLAY } from "./replay.ts";
import { SNAPSHOT, SNAPSHOTS } from "./snapshots.ts";
import { STATUS } from "./status.ts";

/** Every command of `npm run ops`, by its name. */
export const COMMANDS: Readonly<Record<string, OpsCommand>> = {
  status: STATUS,
  owners: OWNERS,
  promote: PROMOTE,
  drain: DRAIN,
  markets: MARKETS,
  market: MARKET,
  reconciliations: RECONCILIATIONS,
  queues: QUEUES,
  redrive: REDRIVE,
  digest: DIGEST,
  replay: REPLAY,
  rebuild: REBUILD,
  snapshots: SNAPSHOTS,
  snapshot: SNAPSHOT,
  ledger: LEDGER,
  audit: AUDIT,
};
