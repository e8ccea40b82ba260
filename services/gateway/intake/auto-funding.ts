import { fundingIdOf } from "#services/funding/transfer-ids.ts";
import type { Command } from "#shared/domain/command.ts";
import type { AccountId, AssetId, CommandId, ShardId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import { rejectionOf } from "#shared/read-model/order-result.ts";
import type { ExchangeView } from "../views/exchange-view.ts";
import type { FollowingView } from "../views/region-view.ts";
import { accountOf, marketOf } from "./command-kinds.ts";
import { needOf } from "./order-need.ts";
import type { ShardIntake } from "./shard-intake.ts";
import { isCanonical } from "./shard-route.ts";

export interface AutoFundingDependencies {
  readonly view: ExchangeView;
  readonly shards: ReadonlyMap<ShardId, ShardIntake>;
  readonly clock: Clock;
  /** How long an order waits for what is moved; then it is placed as things are. */
  readonly timeoutMs: number;
}

/** A transfer that is needed takes along what so many more orders like it need, so that not each of them has to wait for one of its own. */
const AHEAD_ORDERS = 99;

/** What must come from elsewhere before an order can be paid. */
export interface Funding {
  readonly commandId: CommandId;
  readonly account: AccountId;
  readonly toShard: ShardId;
  readonly asset: AssetId;
  readonly parts: readonly { readonly fromShard: ShardId; readonly amount: number }[];
}

/**
 * Pays for orders whose funds lie at other shards: what is short is moved first, exactly once however often the order is sent. Never in a fork, and only
 * where all that is short is there. A transfer takes some more along for the orders that will follow (`AHEAD_ORDERS`).
 */
export class AutoFunding {
  readonly #dependencies: AutoFundingDependencies;
  /** What orders under way need, which no fold has locked yet: by shard, account and asset. */
  readonly #reserved = new Map<string, number>();

  constructor(dependencies: AutoFundingDependencies) {
    this.#dependencies = dependencies;
  }

  /** What an order needs from elsewhere; `undefined` where it can be placed at once. */
  needed(commandId: CommandId, command: Command, toShard: ShardId): Funding | undefined {
    const { view } = this.#dependencies;
    const to = view.shard(toShard);
    if (to === undefined) return undefined;
    const need = needOf(command, to);
    if (need === undefined) return undefined;
    const { asset, amount } = need;
    const account = accountOf(command);
    const reserved = this.#reserved.get(`${toShard} ${account} ${asset}`) ?? 0;
    let short = amount + reserved - to.balance(account, asset).free;
    // Sent again, it may have been placed already, and hold what it needed.
    if (short <= 0 || !this.#isReached(toShard) || isPlaced(command, to)) return undefined;
    const parts: { fromShard: ShardId; amount: number }[] = [];
    for (const { shard, free } of this.#elsewhere(account, asset, toShard)) {
      if (short <= 0) break;
      const part = Math.min(short, free);
      // Of what stays there at most half, for orders there want to be paid too.
      const ahead = part < short ? 0 : Math.min(AHEAD_ORDERS * amount, Math.floor((free - part) / 2));
      parts.push({ fromShard: shard, amount: part + ahead });
      short -= part;
    }
    return short > 0 ? undefined : { commandId, account, toShard, asset, parts };
  }

  /** An order is on its way to a shard: until its outcome is known, what it needs is not there for others. */
  async reserving<T>(command: Command, toShard: ShardId, submit: () => Promise<T>): Promise<T> {
    const view = this.#dependencies.view.shard(toShard);
    const need = view === undefined ? undefined : needOf(command, view);
    if (need === undefined) return submit();
    const key = `${toShard} ${accountOf(command)} ${need.asset}`;
    this.#add(key, need.amount);
    try {
      return await submit();
    } finally {
      this.#add(key, -need.amount);
    }
  }

  /** Moves it; resolves when all is there, or when it took too long. */
  async fund({ commandId, account, toShard, asset, parts }: Funding): Promise<void> {
    const { shards, view, clock, timeoutMs } = this.#dependencies;
    const deadline = clock.monotonic() + timeoutMs;
    const sent = await Promise.all(
      parts.map(async ({ fromShard, amount }) => {
        const transferId = fundingIdOf(commandId, fromShard);
        const command = { kind: "TransferOut", account, asset, amount, toShard } as const;
        const submission = await shards.get(fromShard)?.submit(transferId, command);
        return submission?.ok === true && rejectionOf(submission.outcome) === undefined ? [transferId] : [];
      }),
    );
    const to = view.shard(toShard);
    if (to === undefined) return;
    await credited(to, sent.flat(), clock, deadline);
  }

  #add(key: string, amount: number): void {
    const reserved = (this.#reserved.get(key) ?? 0) + amount;
    if (reserved > 0) this.#reserved.set(key, reserved);
    else this.#reserved.delete(key);
  }

  /** Where an account has something of an asset, most first. */
  #elsewhere(account: AccountId, asset: AssetId, toShard: ShardId) {
    return this.#dependencies.view.shards
      .filter((view) => view.shard !== toShard && this.#isReached(view.shard))
      .map((view) => ({ shard: view.shard, free: view.balance(account, asset).free }))
      .filter(({ free }) => free > 0)
      .sort((a, b) => b.free - a.free);
  }

  #isReached(shard: ShardId): boolean {
    const intake = this.#dependencies.shards.get(shard);
    return intake !== undefined && isCanonical(intake.route);
  }
}

function isPlaced(command: Command, view: FollowingView): boolean {
  const market = marketOf(command);
  const order = command.kind === "PlaceOrderList" ? command.orders[0] : command;
  if (market === undefined || order === undefined || !("clientOrderId" in order)) return false;
  const { clientOrderId } = order;
  return view.order(accountOf(command), market, { clientOrderId }) !== undefined;
}

function credited(
  view: FollowingView,
  transferIds: readonly CommandId[],
  clock: Clock,
  deadline: number,
): Promise<void> {
  const isDone = () => transferIds.every((id) => view.creditedAt(id) !== undefined);
  if (isDone()) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      timer.cancel();
      updates.cancel();
      resolve();
    };
    const timer = clock.schedule(Math.max(0, deadline - clock.monotonic()), end);
    const updates = view.onUpdate(() => {
      if (isDone()) end();
    });
  });
}
