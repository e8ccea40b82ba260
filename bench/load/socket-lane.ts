import { once } from "node:events";
import { io, type Socket } from "socket.io-client";
import type { ErrorAnswer, ExecutionReport, SimpleOrder } from "#shared/protocol/socket.ts";
import type { BenchAccount } from "./bench-account.ts";
import type { Lane } from "./lane.ts";
import type { BenchOrder } from "./make-orders.ts";

/** What tells that an order's status has come: its execution report from the platform, the acknowledgement from a bare echo. */
export type StatusSign = "executionReport" | "acknowledgement";

/** Places simple order messages over a Socket.IO connection of its own. */
export async function socketLane(
  url: string,
  { name, token }: BenchAccount,
  nextOrder: () => BenchOrder,
  sign: StatusSign,
): Promise<Lane> {
  const socket: Socket = io(url, { transports: ["websocket"], forceNew: true, auth: { token } });
  const waiting = new Map<string, () => void>();
  const arrived = (id: string) => {
    waiting.get(id)?.();
    waiting.delete(id);
  };
  if (sign === "executionReport") {
    socket.on("executionReport", (report: ExecutionReport) => arrived(report.clientOrderId));
  }
  await once(socket as unknown as NodeJS.EventEmitter, "connect");
  return {
    send: () => {
      const { id, side, price, quantity } = nextOrder();
      const order: SimpleOrder = { orderId: id, type: side, userID: name, coinID: "BTC", quantity, price };
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      waiting.set(id, resolve);
      socket.emit("order", order, (answer: object | ErrorAnswer) => {
        if ("error" in answer) reject(new Error(`order refused: ${JSON.stringify(answer)}`));
        else if (sign === "acknowledgement") arrived(id);
      });
      return promise;
    },
    close: () => socket.disconnect(),
  };
}
