import type { OpsCommand } from "../command.ts";
import { MARKET, MARKETS } from "./market.ts";
import { OWNERS } from "./owners.ts";
import { DRAIN, PROMOTE } from "./promote.ts";
import { RECONCILIATIONS } from "./reconciliations.ts";
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
};
