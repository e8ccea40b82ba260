import { connectSocket } from "#test/e2e/feed-recorder.ts";
import { becomesTrue } from "#test/support/becomes-true.ts";
import type { Stage } from "../stage.ts";

const REGION = "us-east-1";
/** What five seconds of the alert's rate come to. */
const RESYNCS = 50;

/** A client that has its feed repaired again and again, as many do that keep losing their connections. */
export async function repairFeeds({ trader, gatewayOf }: Stage): Promise<void> {
  const url = await gatewayOf(REGION);
  const socket = connectSocket(url, { auth: { token: trader.token } });
  try {
    await becomesTrue("the client is connected", async () => socket.connected);
    const answer = await fetch(`${url}/meridian/v1/regions`);
    const { shards } = (await answer.json()) as { shards: { shard: string; branch: string; seq: number }[] };
    const { branch = "", seq = 0 } = shards.find(({ shard }) => shard === "crypto-1") ?? {};
    const place = { feed: "user/crypto-1", branch, seq, index: Number.MAX_SAFE_INTEGER };
    await Promise.all(
      Array.from({ length: RESYNCS }, () => new Promise((resolve) => socket.emit("resync", place, resolve))),
    );
  } finally {
    socket.disconnect();
  }
}
