import { CommandLineError } from "#local/cli/fatal.ts";
import { table } from "#local/cli/table.ts";
import type { OpsCommand } from "../command.ts";
import type { CheckLedgerAnswer } from "../platform.ts";

/** The books against the engine. */
export const LEDGER: OpsCommand = {
  usage: "ledger check",
  what: "holds the ledger of each Region against the engine's balances as they are now; the difference must be 0",
  examples: ["ledger check", "ledger check --region us-east-1 --json"],
  arity: 1,
  isDangerous: false,
  run: async (platform, { args: [action], region, isDryRun }) => {
    if (action !== "check") throw new CommandLineError(`ledger takes check, not ${action}.`);
    const doors = await platform.doors(region);
    if (isDryRun) {
      const names = doors.map((door) => door.region);
      return {
        json: { regions: names, done: false },
        text: `the ledger would be checked in ${names.join(", ")}`,
      };
    }
    const regions = await Promise.all(
      doors.map(async (door) => {
        const path = "/meridian/v1/operator/ledger/check";
        return { region: door.region, ...(await platform.post<CheckLedgerAnswer>(path, {}, door.place)) };
      }),
    );
    const isBad = regions.some(({ checks }) => checks.some(({ difference }) => difference !== "0"));
    const rows = regions.flatMap((one) =>
      one.checks.map(({ shard, seq, difference }) => [one.region, shard, String(seq), difference]),
    );
    const differing = regions.flatMap((one) =>
      one.checks.flatMap((check) =>
        check.differing.map(({ account, asset, engine, ledger }) => {
          return [one.region, check.shard, String(account), asset, engine, ledger];
        }),
      ),
    );
    const text = [
      table(["region", "shard", "seq", "difference"], rows),
      ...(isBad
        ? [table(["region", "shard", "account", "asset", "engine", "ledger"], differing)]
        : ["The ledger agrees."]),
    ].join("\n\n");
    return { json: { regions, ok: !isBad }, text, isBad };
  },
};
