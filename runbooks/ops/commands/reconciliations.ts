import { table } from "#local/cli/table.ts";
import type { OpsCommand } from "../command.ts";
import type { ReconciliationsAnswer } from "../platform.ts";

/** What became of forks. */
export const RECONCILIATIONS: OpsCommand = {
  usage: "reconciliations",
  what: "forks that were or are being reconciled, and their verdicts",
  examples: ["reconciliations"],
  arity: 0,
  isDangerous: false,
  run: async (platform) => {
    const { reconciliations } = await platform.get<ReconciliationsAnswer>(
      "/meridian/v1/reconciliations?limit=100",
    );
    const isBad = reconciliations.some(({ state }) => state !== "reconciled");
    if (reconciliations.length === 0)
      return { json: { reconciliations }, text: "No fork was ever reconciled here." };
    const rows = reconciliations.map(({ id, region, epoch, state, fills, commands, symbols }) => [
      id,
      region,
      String(epoch),
      state,
      String(fills.confirmed),
      String(fills.conflicted),
      String(commands.refused + commands.overtaken + commands.reduced),
      symbols.join(", "),
    ]);
    const head = ["fork", "of", "epoch", "state", "confirmed", "conflicted", "not as asked", "markets"];
    return { json: { reconciliations }, text: table(head, rows), isBad };
  },
};
