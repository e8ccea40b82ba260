import { ApiError } from "#shared/protocol/errors.ts";
import type { Answer, ResyncAnswer } from "#shared/protocol/socket.ts";
import type { RegionView } from "../views/region-view.ts";
import { parseRequest, RESYNC } from "./requests.ts";
import type { Resync, ResyncFeed } from "./resync.ts";
import { tradeRoom, userRoom } from "./rooms.ts";
import type { GatewaySocket } from "./socket-types.ts";
import { marketNamed } from "./subscriptions.ts";

/**
 * Answers, then sends what was missed, then lets newer messages come, in this order: while the journal is read the socket is out of
 * the feed's room. Throws `ApiError`.
 */
export async function handleResync(
  socket: GatewaySocket,
  body: unknown,
  view: RegionView,
  resync: Resync,
  answer: Answer<ResyncAnswer>,
): Promise<void> {
  const request = parseRequest(RESYNC, body);
  const { feed, room } = feedOf(socket, request.feed, view);
  const { resyncing } = socket.data;
  if (resyncing.has(request.feed)) throw new ApiError("INVALID_FIELD", { field: "feed" });
  if (!socket.rooms.has(room)) throw new ApiError("INVALID_FIELD", { field: "feed" });
  resyncing.add(request.feed);
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

function feedOf(socket: GatewaySocket, name: string, view: RegionView): { feed: ResyncFeed; room: string } {
  if (name === "user") {
    const { principal } = socket.data;
    if (principal === undefined) throw new ApiError("UNAUTHORIZED");
    const { account } = principal;
    return { feed: { kind: "user", account }, room: userRoom(account) };
  }
  const market = marketNamed(view, name).id;
  return { feed: { kind: "trade", market }, room: tradeRoom(market) };
}
