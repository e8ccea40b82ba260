import { expect } from "chai";
import { describe, it } from "mocha";
import type { AccountId, BranchId, CommandId, MarketId, OrderId, ShardId } from "#shared/domain/ids.ts";
import type { OutboxEntry } from "#shared/ports/outbox.ts";
import type { Adapters } from "./support/adapters.ts";
import { failureOf } from "./support/failure-of.ts";
import { storesOf } from "./support/places.ts";

/** What every `Outbox` promises (shared/ports/outbox.ts). */
export function outboxContract(
  adapters: Pick<Adapters, "world" | "makePlace" | "removePlace" | "outbox">,
): void {
  describe(`the outbox (${adapters.world})`, () => {
    const stores = storesOf(adapters, adapters.outbox.open);

    it("keeps entries in the order in which they came, also after it was closed and opened again", async () => {
      const place = await stores.place();
      const first = await stores.open(place);
      await first.put([sampleEntry(2), sampleEntry(1)]);
      await first.put([sampleEntry(3)]);
      await first.close();
      await first.close();
      const outbox = await stores.open(place);
      expect(await outbox.entries()).to.deep.equal([sampleEntry(2), sampleEntry(1), sampleEntry(3)]);
    });

    it("replaces an entry of the same command at its place", async () => {
      const outbox = await stores.fresh();
      await outbox.put([sampleEntry(1), sampleEntry(2)]);
      const changed: OutboxEntry = { ...sampleEntry(1), state: "sent", changedAt: 99 };
      await outbox.put([changed]);
      expect(await outbox.entries()).to.deep.equal([changed, sampleEntry(2)]);
    });

    it("forgets what is removed, and passes over what is not there", async () => {
      const place = await stores.place();
      const first = await stores.open(place);
      await first.put([sampleEntry(1), sampleEntry(2), sampleEntry(3)]);
      await first.remove([idOf(1), idOf(9), idOf(3)]);
      await first.close();
      const outbox = await stores.open(place);
      expect(await outbox.entries()).to.deep.equal([sampleEntry(2)]);
    });

    it("does not give a removed entry's place to another", async () => {
      const outbox = await stores.fresh();
      await outbox.put([sampleEntry(1), sampleEntry(2)]);
      await outbox.remove([idOf(2)]);
      await outbox.put([sampleEntry(3), sampleEntry(2)]);
      expect(await outbox.entries()).to.deep.equal([sampleEntry(1), sampleEntry(3), sampleEntry(2)]);
    });

    const { damageNewest } = adapters.outbox;
    if (damageNewest !== undefined) {
      it("tells of a damaged entry instead of giving it", async () => {
        const place = await stores.place();
        const first = await stores.open(place);
        await first.put([sampleEntry(1)]);
        await first.close();
        await damageNewest(place);
        const outbox = await stores.open(place);
        expect(String(await failureOf(outbox.entries()))).to.match(/damaged/);
      });
    }
  });
}

/** An order in the outbox, told from others by its number. */
export function sampleEntry(number: number): OutboxEntry {
  return {
    shard: "crypto-1" as ShardId,
    account: 7 as AccountId,
    state: "queued",
    queuedAt: 1000 + number,
    changedAt: 1000 + number,
    envelope: {
      commandId: idOf(number),
      branch: "us-east-1.1" as BranchId,
      validUntil: 60_000 + number,
      command: {
        kind: "CancelOrder",
        account: 7 as AccountId,
        market: "BTCUSDT" as MarketId,
        orderId: number as OrderId,
        origClientOrderId: "",
        restriction: "NONE",
      },
    },
  };
}

function idOf(number: number): CommandId {
  return number.toString(16).padStart(32, "0") as CommandId;
}
