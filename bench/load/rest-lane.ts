import { createHmac } from "node:crypto";
import type { BenchAccount } from "./bench-account.ts";
import { HttpConnection } from "./http-connection.ts";
import type { Lane } from "./lane.ts";
import type { BenchOrder } from "./make-orders.ts";

/** Places orders as Binance clients do, signed, and waits for the answer that says what became of each. */
export function restLane(url: string, account: BenchAccount, nextOrder: () => BenchOrder): Lane {
  const connection = new HttpConnection(url);
  const headers = `X-MBX-APIKEY: ${account.apiKey}\r\n`;
  return {
    send: async () => {
      const { id, side, price, quantity } = nextOrder();
      const query = `symbol=BTCUSDT&side=${side}&type=LIMIT&timeInForce=GTC&price=${price}&quantity=${quantity}&newClientOrderId=${id}&newOrderRespType=RESULT&recvWindow=60000&timestamp=${Date.now()}`;
      const signature = createHmac("sha256", account.secret).update(query).digest("hex");
      const answer = await connection.post(`/api/v3/order?${query}&signature=${signature}`, headers);
      if (answer.status !== 200) throw new Error(`order refused: ${answer.status} ${answer.body}`);
      JSON.parse(answer.body);
    },
    close: () => connection.close(),
  };
}
