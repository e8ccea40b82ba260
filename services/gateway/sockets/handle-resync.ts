import { ApiError } from "#shared/protocol/errors.ts";
import type { Answer, ResyncAnswer } from "#shared/protocol/socket.ts";
import type { Metrics } from "#shared/telemetry/metrics.ts";
import { parseRequest, RESYNC } from "./requests.ts";
import type { ResyncFeed } from "./resync.ts";
import { tradeRoom, userRoom } from "./rooms.ts";
import type { ShardSockets } from "./shard-sockets.ts";
import type { SocketShards } from "./socket-shards.ts";
import type { GatewaySocket } from "./socket-types.ts";

/**
 * Answers, then sends what was missed, then lets newer messages come, in this order: while the journal is read the socket is out of
 * the feed's room. Throws `ApiError`.
 */
export async function handleResync(
  socket: GatewaySocket,
  body: unknown,
  shards: SocketShards,
  metrics: Metrics,
  answer: Answer<ResyncAnswer>,
): Promise<void> {
  const request = parseRequest(RESYNC, body);
  const { feed, room, shard } = feedOf(socket, request.feed, shards);
  const { resync, view } = shard;
  const { resyncing } = socket.data;
  if (resyncing.has(request.feed)) throw new ApiError("INVALID_FIELD", { field: "feed" });
  if (!socket.rooms.has(room)) throw new ApiError("INVALID_FIELD", { field: "feed" });
  resyncing.add(request.feed);
  metrics.add("meridian_socket_resyncs_total", { shard: view.shard });
  if (!resync.isRecent(request)) void socket.leave(room);
  let answered = false;
  const rejoin = () => {
    // Not if the client went away or unsubscribed meanwhile.
    if (resyncing.delete(request.feed) && socket.connected) void socket.join(room);
  };
  try {
    const isWanted = () => socket.connected && resyncing.has(request.feed);
    await resync.missed(feed, request, isWanted, (messages) => {
      answered = true;
      answer({ outcome: messages === undefined ? "snapshot" : "missed", seq: view.seq });
      for (const { event, message } of messages ?? []) {
        if (event === "executionReport") socket.emit(event, message);
        else if (event === "listStatus") socket.emit(event, message);
        else if (event === "ordersMerged") socket.emit(event, message);
        else if (event === "balance") socket.emit(event, message);
        else socket.emit(event, message);
      }
      rejoin();
    });
  } finally {
    rejoin();
  }
  // Unsubscribed in the middle of it.
  if (!answered) throw new ApiError("INVALID_FIELD", { field: "feed" });
}

interface NamedFeed {
  readonly feed: ResyncFeed;
  readonly room: string;
  readonly shard: ShardSockets;
}

function feedOf(socket: GatewaySocket, name: string, shards: SocketShards): NamedFeed {
  const user = /^user\/(.+)$/.exec(name);
  if (user !== null) {
    const { principal } = socket.data;
    if (principal === undefined) throw new ApiError("UNAUTHORIZED");
    const shard = shards.find(user[1] ?? "");
    if (shard === undefined) throw new ApiError("INVALID_FIELD", { field: "feed" });
    const { account } = principal;
    return { feed: { kind: "user", account }, room: userRoom(shard.view.shard, account), shard };
  }
  const market = shards.marketNamed(name).id;
  return { feed: { kind: "trade", market }, room: tradeRoom(market), shard: shards.ofMarket(market) };
}
