import type { Experiment } from "../experiment.ts";
import { booksAgree } from "../load/books-agree.ts";
import { gatewayOf, needsServers } from "./parts.ts";

/** The ledger's database dies and comes back: trading does not notice, the queue waits, and the books agree with the engine afterwards. */
export const ledgerFailover: Experiment = {
  name: "ledger-failover",
  what: "PostgreSQL, which keeps the ledgers, is killed, and started again",
  watch: async (stage, accounts) => ({
    finish: async () => {
      const found = [];
      for (const region of stage.regions)
        found.push(await booksAgree(region, await gatewayOf(stage, region), accounts, stage.clock));
      return {
        facts: found.flatMap(({ facts }) => facts),
        problems: found.flatMap(({ problems }) => problems),
      };
    },
  }),
  notHere: needsServers("there is no ledger database here that could be lost by itself"),
  hurt: (stage) => stage.control.setServer("postgres", false),
  heal: (stage) => stage.control.setServer("postgres", true),
};
