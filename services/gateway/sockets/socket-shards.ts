import type { Market } from "#shared/domain/market.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import type { ShardSockets } from "./shard-sockets.ts";

/** The sockets' sides of all shards. */
export class SocketShards {
  readonly all: readonly ShardSockets[];

  constructor(all: readonly ShardSockets[]) {
    this.all = all;
  }

  find(shard: string): ShardSockets | undefined {
    return this.all.find(({ view }) => view.shard === shard);
  }

  /** Throws BAD_SYMBOL. */
  ofMarket(symbol: string): ShardSockets {
    const shard = this.all.find((each) => each.trades(symbol));
    if (shard === undefined) throw new ApiError("BAD_SYMBOL", { field: "symbol" });
    return shard;
  }

  /** Throws BAD_SYMBOL. */
  marketNamed(symbol: string): Market {
    const market = this.ofMarket(symbol).view.market(symbol);
    if (market === undefined) throw new ApiError("BAD_SYMBOL", { field: "symbol" });
    return market;
  }
}
