/** One way to break the engine: a text that stands exactly once in a file, and what takes its place. */
export interface Mutation {
  readonly name: string;
  /** Below services/matching. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** What `npm run mutate` breaks, one at a time: each must be caught by a test. */
export const MUTATIONS: readonly Mutation[] = [
  {
    name: "the taker pays no fee",
    file: "engine/matching.ts",
    find: "const takerFee = ownFeeOn(takerReceives, definition.takerFeePpm);",
    replace: "const takerFee = 0;",
  },
  {
    name: "the maker pays the taker's rate",
    file: "engine/matching.ts",
    find: "const makerFee = ownFeeOn(makerReceives, definition.makerFeePpm);",
    replace: "const makerFee = ownFeeOn(makerReceives, definition.takerFeePpm);",
  },
  {
    name: "last in, first out within a level",
    file: "book/book.ts",
    find: "const maker = levels.first(level);",
    replace: "const maker = levels.last(level);",
  },
  {
    name: "the best price is not updated when a better one comes",
    file: "book/book-side.ts",
    find: "? price > this.#levels.price(best)",
    replace: "? price < this.#levels.price(best)",
  },
  {
    name: "a canceled order stays locked",
    file: "engine/open-orders.ts",
    find: "shard.balances.unlock(payingBalanceOf(shard, order), lockedOf(shard, market, order));\n  dropOrder(shard, order);",
    replace: "dropOrder(shard, order);",
  },
  {
    name: "an amendment unlocks nothing",
    file: "engine/change-orders.ts",
    find: "shard.balances.unlock(payingBalanceOf(shard, order), less * unitOf(shard, market, order));",
    replace: "",
  },
  {
    name: "an amendment lets an order show more than remains",
    file: "engine/change-orders.ts",
    find: "tooVisible > 0",
    replace: "tooVisible > 1",
  },
  {
    name: "an iceberg's next part is one lot too large",
    file: "engine/open-orders.ts",
    find: "Math.min(part, remaining)",
    replace: "Math.min(part + 1, remaining)",
  },
  {
    name: "an iceberg keeps its old place in time",
    file: "engine/open-orders.ts",
    find: "orders.setPriority(order, shard.nextPriority());\n  const level = found",
    replace:
      "if (orders.priority(order) === 0) orders.setPriority(order, shard.nextPriority());\n  const level = found",
  },
  {
    name: "a stop fires one tick too late",
    file: "engine/triggers.ts",
    find: "levels.price(upward.best) <= price",
    replace: "levels.price(upward.best) < price",
  },
  {
    name: "equal triggers fire last come, first served",
    file: "engine/triggers.ts",
    find: "a.delta - b.delta || a.priority - b.priority",
    replace: "a.delta - b.delta || b.priority - a.priority",
  },
  {
    name: "a trailing stop does not follow the price",
    file: "engine/triggers.ts",
    find: "if (side === BUY ? price < extreme : price > extreme) {",
    replace: "if (side === BUY && price < extreme) {",
  },
  {
    name: "a trailing order tracks from its stop price, not from the trade that reached it",
    file: "engine/triggers.ts",
    find: "beginTracking(shard, market, order, price);",
    replace: "beginTracking(shard, market, order, shard.extras.stopPrice(orders.extras(order)));",
  },
  {
    name: "the partner of a traded OCO order stays",
    file: "engine/matching.ts",
    find: "expirePartner(shard, this.#market, maker);\n    this.#market.depth.touch(1 - this.side, level);",
    replace: "this.#market.depth.touch(1 - this.side, level);",
  },
  {
    name: "the partner of a triggered OCO order stays",
    file: "engine/take-turn.ts",
    find: "  expirePartner(shard, market, order);\n",
    replace: "",
  },
  {
    name: "an OCO locks twice",
    file: "engine/place-list.ts",
    find: "Math.max(...legs.map((terms) => lockNeed(market, terms)))",
    replace: "legs.reduce((sum, terms) => sum + lockNeed(market, terms), 0)",
  },
  {
    name: "pending orders do not wait for the fill",
    file: "engine/end-order.ts",
    find: 'if (how === "filled") {',
    replace: 'if (how !== "canceled") {',
  },
  {
    name: "self-trade prevention forgets EXPIRE_BOTH's taker",
    file: "engine/matching.ts",
    find: "if (mode === EXPIRE_MAKER) return LOOK_AGAIN;",
    replace: "if (mode !== EXPIRE_TAKER) return LOOK_AGAIN;",
  },
  {
    name: "DECREMENT takes nothing off the taker",
    file: "engine/matching.ts",
    find: "else this.remaining -= quantity;\n    if (quantity < visible)",
    replace: "else this.remaining -= 0;\n    if (quantity < visible)",
  },
  {
    name: "FOK fills what it can",
    file: "engine/matching.ts",
    find: "this.#timeInForce === FOK && ",
    replace: "this.#timeInForce === FOK && this.remaining < 0 && ",
  },
  {
    name: "the dry run forgets what icebergs hide",
    file: "engine/dry-run.ts",
    find: "if (left > 0 && !isGone) {",
    replace: "if (left > 0 && !isGone && left < 0) {",
  },
  {
    name: "a market order may overdraw by one lot",
    file: "engine/matching.ts",
    find: "return Math.floor((this.quoteQuantity - this.quoteUsed) / unit);",
    replace: "return Math.ceil((this.quoteQuantity - this.quoteUsed) / unit);",
  },
  {
    name: "a command id is not remembered",
    file: "engine/engine.ts",
    find: "memory?.remember(id, seq, time, hash);",
    replace: "if (memory === shard.deposits) memory.remember(id, seq, time, hash);",
  },
  {
    name: "client order ids are remembered for ever",
    file: "engine/engine.ts",
    find: "clientOrderIds.forget(shard.time - MEMORY_MS);",
    replace: "",
  },
  {
    name: "a good-till-date order outlives its date by a millisecond",
    file: "engine/engine.ts",
    find: "while (goodTillDates.earliest <= shard.time) {",
    replace: "while (goodTillDates.earliest < shard.time) {",
  },
  {
    name: "the auction forgets what the buyer locked beyond its price",
    file: "engine/auction.ts",
    find: "balances.unlock(traders.quoteBalance(buyer), lockedQuote - quote);",
    replace: "",
  },
  {
    name: "the auction ignores the imbalance",
    file: "engine/auction.ts",
    find: "(imbalance < best.imbalance ||",
    replace: "(imbalance < 0 ||",
  },
  {
    name: "MAX_NUM_ORDERS allows one more",
    file: "engine/check-order.ts",
    find: "traders.openOrders(trader) + orders > maxOrders",
    replace: "traders.openOrders(trader) + orders > maxOrders + 1",
  },
  {
    name: "MAX_POSITION does not look at open orders",
    file: "engine/check-order.ts",
    find: "held + (shard.traders.openBuyLots(trader) + lots) * basePerLot",
    replace: "held + lots * basePerLot",
  },
  {
    name: "a snapshot forgets the extremes of trailing orders",
    file: "engine/snapshot-market.ts",
    find: "extras.extreme(record)",
    replace: "0",
  },
  {
    name: "a restored shard gives old places in time again",
    file: "engine/restore.ts",
    find: "shard.lastPriority = head.lastPriority;",
    replace: "shard.lastPriority = 0;",
  },
  {
    name: "the digest forgets what an order has executed",
    file: "engine/open-orders.ts",
    find: "sum = ownWithField(sum, EXECUTED_FIELD, executed);",
    replace: "",
  },
  {
    name: "a level that empties is forgotten in the depth",
    file: "engine/depth-changes.ts",
    find: "if (visible === this.#before[place]) continue;",
    replace: "if (visible === this.#before[place] || visible === 0) continue;",
  },
  {
    name: "a level whose number another one took is still itself in the depth",
    file: "engine/depth-changes.ts",
    find: "if (this.#levels[at] === level) this.#levels[at] = -1;",
    replace: "",
  },
  {
    name: "a level that is gone still shows in the depth what it showed last",
    file: "book/levels.ts",
    find: "    this.setMark(level, -1);\n",
    replace: "",
  },
  {
    name: "the price tree skips a stretch of prices",
    file: "book/price-tree.ts",
    find: "const rest = upward ? bitmap & (-2 << digit) : bitmap & ((1 << digit) - 1);",
    replace: "const rest = upward ? bitmap & (-4 << digit) : bitmap & ((1 << digit) - 1);",
  },
  {
    name: "branches: an ended one still takes commands",
    file: "engine/branches.ts",
    find: "else if (!shard.ended && branch === shard.branch) {",
    replace: "else if (branch === shard.branch) {",
  },
  {
    name: "branches: an ended one still takes orders, the fast way",
    file: "engine/engine.ts",
    find: 'shard.ended ? "other" : command',
    replace: "command",
  },
  {
    name: "branches: the fast way keeps to the first one",
    file: "engine/engine.ts",
    find: "if (command === undefined) this.#records.follow(shard.branch);\n    else {",
    replace: "if (command !== undefined) {",
  },
  {
    name: "branches: one begins wherever its parent is",
    file: "engine/branches.ts",
    find: "|| parentSeq !== shard.seq - 1",
    replace: "",
  },
  {
    name: "branches: a fork ends the epoch",
    file: "engine/branches.ts",
    find: "command.epoch === shard.epoch && !shard.provisional",
    replace: "command.epoch === shard.epoch",
  },
  {
    name: "branches: a fork takes deposits",
    file: "engine/in-fork.ts",
    find: '  "Deposit",\n',
    replace: "",
  },
  {
    name: "branches: a market that halts takes orders in a fork, the fast way",
    file: "engine/engine.ts",
    find: "admitted ?? haltedInFork(shard, market)",
    replace: "admitted",
  },
  {
    name: "branches: a restored shard has forgotten its forks",
    file: "engine/branch-state.ts",
    find: "for (const fork of state.forks) shard.forks.set(fork);",
    replace: "",
  },
  {
    name: "replay: a fork's commands are taken in any order",
    file: "engine/fork-replay.ts",
    find: "if (ended || n !== cursor + 1) {",
    replace: "if (ended || n <= cursor) {",
  },
  {
    name: "replay: a fork goes on after its last command",
    file: "engine/fork-replay.ts",
    find: "if (ended || n !== cursor + 1) {",
    replace: "if (n !== cursor + 1) {",
  },
  {
    name: "replay: what the client had sent another way is done again",
    file: "engine/engine.ts",
    find: 'firstSeq > 0 ? "merged" : mode',
    replace: "mode",
  },
  {
    name: "replay: what was skipped may come again",
    file: "engine/engine.ts",
    find: 'if (result === "merged") {\n      tellMerged(shard, command);\n      return;\n    }',
    replace: 'if (result !== "replayed") return;',
  },
  {
    name: "replay: an immediate order has no limit",
    file: "engine/fork-replay.ts",
    find: "    price,\n    quantity,\n    quoteQuantity: 0,",
    replace: "    price: 2 * price,\n    quantity,\n    quoteQuantity: 0,",
  },
  {
    name: "replay: an immediate order rests",
    file: "engine/fork-replay.ts",
    find: 'timeInForce: "IOC",',
    replace: 'timeInForce: "GTC",',
  },
  {
    name: "replay: a part must be as large as an order",
    file: "engine/check-order.ts",
    find: "return shard.isReplayingPart ? 0 : least;",
    replace: "return least;",
  },
  {
    name: "transfers: one is credited twice",
    file: "engine/engine.ts",
    find: "if (reason === undefined) shard.deposits.remember(this.#id, shard.seq, shard.time);",
    replace: "",
  },
  {
    name: "transfers: one that is refused never comes again",
    file: "engine/engine.ts",
    find: "if (reason === undefined) shard.deposits.remember(this.#id, shard.seq, shard.time);",
    replace: "shard.deposits.remember(this.#id, shard.seq, shard.time);",
  },
  {
    name: "transfers: a sent one is forgotten after a day",
    file: "engine/memory-for.ts",
    find: 'return kind === "Deposit" || kind === "TransferOut" ? deposits : commands;',
    replace: 'return kind === "Deposit" ? deposits : commands;',
  },
  {
    name: "transfers: the supply keeps what was sent away",
    file: "engine/transfer-funds.ts",
    find: "assets.addSupply(number, -amount);",
    replace: "",
  },
  {
    name: "transfers: a settled one stays in flight",
    file: "engine/transfers.ts",
    find: "this.#states.delete(transferId);",
    replace: "",
  },
];
