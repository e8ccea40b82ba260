import { openSqliteSnapshotStore } from "#shared/adapters/embedded/sqlite-snapshot-store.ts";
import { digestOf } from "#shared/domain/encoding/digest.ts";
import { decodeState, encodeState } from "#shared/domain/encoding/state-encoding.ts";
import type { AccountId, ShardId } from "#shared/domain/ids.ts";
import type { SnapshotStore } from "#shared/ports/snapshot-store.ts";
import { becomes, becomesTrue } from "#test/support/becomes-true.ts";
import type { TestTrader } from "#test/support/test-trader.ts";
import { scrapeAll } from "../samples.ts";
import type { Stage } from "../stage.ts";
import { restart } from "./restart.ts";
import type { State } from "./state.ts";

const REGION = "eu-west-1";
const SHARD = "crypto-1" as ShardId;
const ASSET = "USDT";
/** Digests are compared at every 256th seq; so many at once come there in a few rounds. */
const ORDERS = 64;

/**
 * A replica whose state is not what its log gives: one unit is another account's in its newest snapshot, whose digest fits all the same, and its zones begin anew from that. Both accounts are of
 * traders who do nothing more: where an event told one of their balances, it would be another than the log gives, the Region's journal would hold it, and no fold from the log could follow it.
 * What ends it is what a person does: the Region's snapshots are removed, and it folds its log from the beginning.
 */
export const changedState: State = {
  make: async (stage) => {
    const accounts = [await accountOf(await stage.newTrader()), await accountOf(await stage.newTrader())];
    const [from = 0, to = 0] = accounts;
    await becomesTrue(`${REGION} has both accounts in a snapshot, which is changed`, async () => {
      // A replica may not have heard of them yet, and a snapshot may be refused.
      const { code } = await stage.ops(`snapshot ${SHARD} --region ${REGION}`);
      return code === 0 && (await inSnapshots(stage, (snapshots) => moveOne(snapshots, from, to)));
    });
    const before = await divergencesSeenByOthers(stage);
    await restart(stage, [`${REGION}/a`, `${REGION}/b`]);
    await becomes(
      "another Region sees that the digests differ",
      async () => {
        await order(stage);
        return divergencesSeenByOthers(stage);
      },
      (seen) => seen > before,
    );
  },
  end: async (stage) => {
    await inSnapshots(stage, (snapshots) => snapshots.rewind(SHARD, 0));
    await restart(stage, [REGION, `${REGION}/a`, `${REGION}/b`]);
  },
};

async function accountOf(trader: TestTrader): Promise<AccountId> {
  const { body } = await trader.get("/api/v3/account");
  return body.uid as AccountId;
}

async function inSnapshots<T>(stage: Stage, work: (snapshots: SnapshotStore) => Promise<T>): Promise<T> {
  const snapshots = openSqliteSnapshotStore({ file: stage.file(REGION, `${SHARD}.snapshots.db`) });
  try {
    return await work(snapshots);
  } finally {
    await snapshots.close();
  }
}

/** False where the newest snapshot does not have both accounts. */
async function moveOne(snapshots: SnapshotStore, from: number, to: number): Promise<boolean> {
  const [newest] = await snapshots.list(SHARD);
  if (newest === undefined) return false;
  const state = decodeState(newest.bytes);
  const isOf = (account: number) => (one: { readonly account: AccountId; readonly asset: string }) =>
    one.account === account && one.asset === ASSET;
  if (!state.balances.some(isOf(from)) || !state.balances.some(isOf(to))) return false;
  const balances = state.balances.map((balance) => {
    if (isOf(from)(balance)) return { ...balance, free: balance.free - 1 };
    return isOf(to)(balance) ? { ...balance, free: balance.free + 1 } : balance;
  });
  const bytes = encodeState({ ...state, balances });
  await snapshots.save({ ...newest, bytes, digest: digestOf(bytes) }, newest.seq);
  return true;
}

/** Orders that rest, all at once, and are canceled: the book is as before. Refusals do no harm: more come. */
async function order({ trader, url }: Stage): Promise<void> {
  trader.url = url;
  const terms = { symbol: "BTCUSDT", side: "BUY", type: "LIMIT", timeInForce: "GTC" };
  const place = () => trader.post("/api/v3/order", { ...terms, quantity: "0.001", price: "40000" });
  await Promise.all(Array.from({ length: ORDERS }, place));
  await trader.delete("/api/v3/openOrders", { symbol: "BTCUSDT" });
}

/** Of the Regions that are not restarted here: their counters only rise. */
async function divergencesSeenByOthers({ dataFolder }: Stage): Promise<number> {
  const others = (await scrapeAll(dataFolder)).filter(({ process }) => process !== REGION);
  return others
    .flatMap(({ samples = [] }) => samples)
    .filter(({ name }) => name === "meridian_tape_divergences_total")
    .reduce((sum, { value }) => sum + value, 0);
}
