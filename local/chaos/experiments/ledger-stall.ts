import type { Experiment } from "../experiment.ts";
import { regionOf } from "./parts.ts";

/** The ledger answers nothing: trading goes on, and its queue grows until it is back. */
export const ledgerStall: Experiment = {
  name: "ledger-stall",
  what: "the ledger of the first Region stands still; what the event bus has for it waits",
  notHere: () => undefined,
  hurt: async (stage) => {
    await stage.control.updateRegion(regionOf(stage), { journalPerSecond: null, isLedgerStalled: true });
  },
  heal: async (stage) => {
    await stage.control.updateRegion(regionOf(stage), { journalPerSecond: null });
  },
};
