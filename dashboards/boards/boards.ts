import type { Board } from "../board.ts";
import { CLIENT_EXPERIENCE } from "./client-experience.ts";
import { COST } from "./cost.ts";
import { EXPERIMENTS } from "./experiments.ts";
import { FAILOVER } from "./failover.ts";
import { FRONT_PAGE } from "./front-page.ts";
import { GATEWAY } from "./gateway.ts";
import { LEDGER_INTEGRITY } from "./ledger-integrity.ts";
import { MATCHING } from "./matching.ts";
import { ORDER_PATH } from "./order-path.ts";
import { RECONCILIATION } from "./reconciliation.ts";
import { REPLICATION } from "./replication.ts";

/** Every dashboard, in the order in which a person on call goes through them. */
export const BOARDS: readonly Board[] = [
  FRONT_PAGE,
  ORDER_PATH,
  MATCHING,
  REPLICATION,
  LEDGER_INTEGRITY,
  GATEWAY,
  CLIENT_EXPERIENCE,
  RECONCILIATION,
  FAILOVER,
  EXPERIMENTS,
  COST,
];
