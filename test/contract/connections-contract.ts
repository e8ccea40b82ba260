import { expect } from "chai";
import { describe, it } from "mocha";
import type { AccountId, OrderId } from "#shared/domain/ids.ts";
import type { DoorConnection, WaitingConnection } from "#shared/ports/connections.ts";
import type { Adapters } from "./support/adapters.ts";
import { storesOf } from "./support/places.ts";

/** What every `Connections` promises (shared/ports/connections.ts). */
export function connectionsContract(
  adapters: Pick<Adapters, "world" | "makePlace" | "removePlace" | "connections">,
): void {
  describe(`the connections of the serverless door (${adapters.world})`, () => {
    const stores = storesOf(adapters, adapters.connections.open);

    it("know who waits for an order, also after they were closed and opened again", async () => {
      const place = await stores.place();
      const first = await stores.open(place);
      for (const one of [waiting(1, "b"), waiting(1, "a"), waiting(2, "a")]) await first.add(one);
      await first.close();
      await first.close();
      const connections = await stores.open(place);
      expect(await connections.of(1 as OrderId)).to.deep.equal([waiting(1, "a"), waiting(1, "b")]);
      expect(await connections.of(2 as OrderId)).to.deep.equal([waiting(2, "a")]);
      expect(await connections.of(3 as OrderId)).to.deep.equal([]);
    });

    it("hold once what is added twice, as it was first", async () => {
      const connections = await stores.fresh();
      await connections.add(waiting(1, "a"));
      await connections.add({ ...waiting(1, "a"), expiresAt: 99 });
      expect(await connections.of(1 as OrderId)).to.deep.equal([waiting(1, "a")]);
    });

    it("know who opened a connection, until it is gone, also after they were closed and opened again", async () => {
      const place = await stores.place();
      const first = await stores.open(place);
      await first.open(connection("a"));
      await first.close();
      const connections = await stores.open(place);
      const there = await connections.connection("a");
      expect(there && { ...there, credential: [...there.credential] }).to.deep.equal({
        ...connection("a"),
        credential: [1, 2, 3],
      });
      expect(await connections.connection("b")).to.equal(undefined);
      await connections.removeConnection("a");
      expect(await connections.connection("a")).to.equal(undefined);
    });

    it("forget a connection that is gone with all that it waits for, and nothing else", async () => {
      const connections = await stores.fresh();
      for (const one of [waiting(1, "a"), waiting(2, "a"), waiting(3, "b")]) await connections.add(one);
      await connections.removeConnection("a");
      await connections.removeConnection("c");
      expect(await connections.of(1 as OrderId)).to.deep.equal([]);
      expect(await connections.of(2 as OrderId)).to.deep.equal([]);
      expect(await connections.of(3 as OrderId)).to.deep.equal([waiting(3, "b")]);
    });

    it("keep who waits for an order that is final a little longer, never longer than before", async () => {
      const connections = await stores.fresh();
      for (const one of [waiting(1, "a"), waiting(1, "b"), waiting(2, "a")]) await connections.add(one);
      await connections.finish(1 as OrderId, 60);
      await connections.finish(1 as OrderId, 90);
      expect((await connections.of(1 as OrderId)).map(({ expiresAt }) => expiresAt)).to.deep.equal([60, 60]);
      expect(await connections.of(2 as OrderId)).to.deep.equal([waiting(2, "a")]);
      await connections.finish(3 as OrderId, 60);
    });
  });
}

function connection(connectionId: string): DoorConnection {
  return {
    connectionId,
    account: 7 as AccountId,
    via: "session",
    credential: Uint8Array.of(1, 2, 3),
    expiresAt: 2_000_000_000,
  };
}

function waiting(orderId: number, connectionId: string): WaitingConnection {
  return {
    orderId: orderId as OrderId,
    connectionId,
    account: 7 as AccountId,
    clientOrderId: `order-${orderId}`,
    expiresAt: 2_000_000_000 + orderId,
  };
}
