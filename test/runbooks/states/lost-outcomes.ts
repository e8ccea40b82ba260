import { openSqliteSnapshotStore } from "#shared/adapters/embedded/sqlite-snapshot-store.ts";
import type { ShardId } from "#shared/domain/ids.ts";
import { connectSocket } from "#test/e2e/feed-recorder.ts";
import { becomes, becomesTrue } from "#test/support/becomes-true.ts";
import type { Stage } from "../stage.ts";
import { JournalFile } from "./journal-file.ts";
import { restart } from "./restart.ts";
import type { State } from "./state.ts";

const REGION = "eu-west-1";
const SHARD = "crypto-1" as ShardId;
const LOST = 5;

/** Where a client stood before outcomes were lost. */
interface Place {
  readonly branch: string;
  readonly seq: number;
}

/**
 * A Region's journal that lost outcomes on its way to the store, and a client that comes back and asks for them. What ends it is what the page says: the Region's processes are ended, what its journal and its
 * snapshots hold from the gap on is removed, and they fold that from the log again; then the client has what it missed.
 */
export function lostOutcomes(): State {
  let place: Place = { branch: "", seq: 0 };
  return {
    make: async (stage) => {
      place = await placeIn(stage);
      // The clock ticks: there is something behind it soon. A snapshot behind the gap is what the Region itself begins from.
      await becomes(
        "outcomes that may be lost",
        () => placeIn(stage),
        ({ seq }) => seq > place.seq + LOST,
      );
      await becomesTrue(`${REGION} has taken a snapshot`, async () => {
        return (await stage.ops(`snapshot ${SHARD} --region ${REGION}`)).code === 0;
      });
      new JournalFile(stage, REGION, SHARD).remove(place.seq + 1, place.seq + LOST);
      // What a gateway had told lately it still knows, but one that begins anew asks the journal.
      await restart(stage, [REGION]);
      await askForMissed(stage, place, "snapshot");
    },
    end: async (stage) => {
      const { control } = stage.experiment;
      const names = [REGION, `${REGION}/a`, `${REGION}/b`];
      // Stopped, so that nobody writes meanwhile, and then ended.
      for (const name of names) await control.signal(name, "SIGSTOP");
      const snapshots = openSqliteSnapshotStore({ file: stage.file(REGION, `${SHARD}.snapshots.db`) });
      await snapshots.rewind(SHARD, place.seq);
      await snapshots.close();
      new JournalFile(stage, REGION, SHARD).cutFrom(place.seq + 1);
      await restart(stage, names);
      await askForMissed(stage, place, "missed");
    },
  };
}

async function placeIn({ gatewayOf }: Stage): Promise<Place> {
  const answer = await fetch(`${await gatewayOf(REGION)}/meridian/v1/regions`);
  const { shards } = (await answer.json()) as { readonly shards: readonly (Place & { shard: string })[] };
  const found = shards.find(({ shard }) => shard === SHARD);
  if (found === undefined) throw new Error(`${REGION} says nothing of ${SHARD}`);
  return found;
}

/** What a client is answered that had everything up to a place: what it missed, or that it must begin anew. */
async function askForMissed(stage: Stage, { branch, seq }: Place, outcome: string): Promise<void> {
  const socket = connectSocket(await stage.gatewayOf(REGION), { auth: { token: stage.trader.token } });
  try {
    const request = { feed: `user/${SHARD}`, branch, seq, index: Number.MAX_SAFE_INTEGER };
    await becomes(
      `who had everything up to seq ${seq} is answered: ${outcome}`,
      () => socket.timeout(5000).emitWithAck("resync", request).catch(String),
      (answer) => typeof answer === "object" && "outcome" in answer && answer.outcome === outcome,
    );
  } finally {
    socket.disconnect();
  }
}
