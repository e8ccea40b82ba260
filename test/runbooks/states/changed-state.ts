import { openSqliteSnapshotStore } from "#shared/adapters/embedded/sqlite-snapshot-store.ts";
import { digestOf } from "#shared/domain/encoding/digest.ts";
import { decodeState, encodeState } from "#shared/domain/encoding/state-encoding.ts";
import type { AccountId, ShardId } from "#shared/domain/ids.ts";
import { becomesTrue } from "#test/support/becomes-true.ts";
import { scrapeAll } from "../samples.ts";
import type { Stage } from "../stage.ts";
import type { State } from "./state.ts";

const REGION = "eu-west-1";
const SHARD = "crypto-1" as ShardId;
/** Digests are compared at every 256th seq. */
const ORDERS_MAX = 300;

/**
 * A replica whose state is not what its log gives: one unit is another account's in its newest snapshot, whose digest fits all the same, and its zones begin anew from that. The two accounts do nothing more, so that nothing else differs. What ends it is what a person does: the
 * Region's snapshots are removed, and it folds its log from the beginning.
 */
export const changedState: State = {
  make: async (stage) => {
    await stage.newTrader();
    await stage.newTrader();
    await becomesTrue(async () => (await stage.ops(`digest ${SHARD}`)).code === 0);
    await stage.ops(`snapshot ${SHARD} --region ${REGION}`);
    await changeNewest(stage);
    await restart(stage, [`${REGION}/a`, `${REGION}/b`]);
    for (let at = 0; at < ORDERS_MAX; at++) {
      await order(stage);
      if (at % 25 === 0 && (await isNoticed(stage))) return;
    }
  },
  end: async (stage) => {
    const snapshots = openSqliteSnapshotStore({ file: stage.file(REGION, `${SHARD}.snapshots.db`) });
    await snapshots.rewind(SHARD, 0);
    await snapshots.close();
    await restart(stage, [REGION, `${REGION}/a`, `${REGION}/b`]);
  },
};

async function changeNewest(stage: Stage): Promise<void> {
  const snapshots = openSqliteSnapshotStore({ file: stage.file(REGION, `${SHARD}.snapshots.db`) });
  const [newest] = await snapshots.list(SHARD);
  if (newest === undefined) throw new Error(`${REGION} has a snapshot of ${SHARD}`);
  const state = decodeState(newest.bytes);
  const [from, to] = newestAccounts(state.balances.map(({ account }) => account));
  const balances = state.balances.map((balance) =>
    balance.asset !== "USDT" || (balance.account !== from && balance.account !== to)
      ? balance
      : { ...balance, free: balance.free + (balance.account === to ? 1 : -1) },
  );
  const bytes = encodeState({ ...state, balances });
  await snapshots.save({ ...newest, bytes, digest: digestOf(bytes) }, newest.seq);
  await snapshots.close();
}

function newestAccounts(accounts: readonly AccountId[]): readonly AccountId[] {
  return [...new Set(accounts)].sort((a, b) => b - a).slice(0, 2);
}

async function restart({ experiment: { control } }: Stage, names: readonly string[]): Promise<void> {
  const before = (await control.status()).processes;
  for (const name of names) await control.signal(name, "SIGKILL");
  await becomesTrue(async () => {
    const { processes } = await control.status();
    return processes.every(
      ({ name, isReady, restarts }) =>
        isReady &&
        (!names.includes(name) || restarts > (before.find((one) => one.name === name)?.restarts ?? 0)),
    );
  });
}

async function order({ trader, url }: Stage): Promise<void> {
  trader.url = url;
  const terms = { symbol: "BTCUSDT", side: "BUY", type: "LIMIT", timeInForce: "GTC" };
  const { body } = await trader.post("/api/v3/order", { ...terms, quantity: "0.001", price: "40000" });
  await trader.delete("/api/v3/order", { symbol: "BTCUSDT", orderId: String(body.orderId) });
}

async function isNoticed({ dataFolder }: Stage): Promise<boolean> {
  const samples = (await scrapeAll(dataFolder)).flatMap((scrape) => scrape.samples ?? []);
  return samples.some(({ name, value }) => name === "meridian_tape_divergences_total" && value > 0);
}
