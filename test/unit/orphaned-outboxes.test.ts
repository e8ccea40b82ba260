import { setImmediate as nextTurn } from "node:timers/promises";
import { expect } from "chai";
import { afterEach, beforeEach, describe, it } from "mocha";
import { OrphanedOutboxes } from "#services/gateway/intake/orphaned-outboxes.ts";
import { OutboxQueue } from "#services/gateway/intake/outbox-queue.ts";
import { openSqliteLeaseTable } from "#shared/adapters/embedded/sqlite-lease-table.ts";
import { openSqliteOutbox } from "#shared/adapters/embedded/sqlite-outbox.ts";
import type { AccountId, BranchId, CommandId, ShardId } from "#shared/domain/ids.ts";
import type { LeaseTable } from "#shared/ports/lease-table.ts";
import type { Outbox, OutboxEntry } from "#shared/ports/outbox.ts";
import { type ManualClock, manualClock } from "#test/support/manual-clock.ts";

const SLOTS = ["gateway/0", "gateway/1", "gateway/2"];
const LEASE_MS = 10_000;
const SHARD = "crypto-1" as ShardId;

function entry(id: number): OutboxEntry {
  return {
    shard: SHARD,
    account: 1 as AccountId,
    state: "queued",
    queuedAt: 1000 + id,
    changedAt: 1000 + id,
    envelope: {
      commandId: id.toString(16).padStart(32, "0") as CommandId,
      branch: "us-east-1.1" as BranchId,
      validUntil: 9_000_000_000_000,
      command: { kind: "CancelAllOrders", account: 1 as AccountId, market: "BTCUSDT" } as never,
    },
  };
}

describe("outboxes of gateways that are gone", () => {
  let clock: ManualClock;
  let leases: LeaseTable;
  let outboxes: Map<string, Outbox>;
  let queue: OutboxQueue;
  let adopted: number;
  let orphans: OrphanedOutboxes;

  beforeEach(async () => {
    clock = manualClock();
    leases = openSqliteLeaseTable({ file: ":memory:" });
    outboxes = new Map(SLOTS.map((slot) => [slot, openSqliteOutbox({ file: ":memory:" })]));
    queue = await OutboxQueue.open(outboxes.get("gateway/0") as Outbox, clock);
    adopted = 0;
    orphans = new OrphanedOutboxes({
      slots: SLOTS,
      own: "gateway/0",
      holder: "here",
      leases,
      // Closed by the test: each is in memory alone.
      openOutbox: async (slot) => ({ ...withoutClose(outboxes.get(slot) as Outbox) }),
      queue,
      onAdopted: (entries) => {
        adopted += entries;
      },
      clock,
      leaseMs: LEASE_MS,
      onTrouble: (error) => {
        throw error;
      },
    });
  });
  afterEach(async () => {
    await orphans.stop();
    for (const outbox of outboxes.values()) await outbox.close();
    await leases.close();
  });

  const pass = async (ms: number) => {
    for (let elapsed = 0; elapsed < ms; elapsed += 1000) {
      clock.advance(1000);
      for (let turn = 0; turn < 20; turn++) await nextTurn();
    }
  };
  const left = async (slot: string) => (await outboxes.get(slot)?.entries())?.length;

  it("are taken over with what waits in them once their slot was given back, and the slot is free again", async () => {
    await outboxes.get("gateway/1")?.put([entry(1), entry(2)]);
    await leases.swap("gateway/1", undefined, { holder: "", beat: 7 });
    orphans.start();
    await pass(1000);
    expect(adopted).to.equal(2);
    expect(queue.pending(SHARD).map(({ queuedAt }) => queuedAt)).to.deep.equal([1001, 1002]);
    expect(await left("gateway/0"), "durable here").to.equal(2);
    expect(await left("gateway/1")).to.equal(0);
    expect(await leases.read("gateway/1")).to.include({ holder: "" });
  });

  it("are let alone while their gateway beats, and taken over when it has been silent for a lease", async () => {
    await outboxes.get("gateway/2")?.put([entry(3)]);
    let record = { holder: "there", beat: 1 };
    await leases.swap("gateway/2", undefined, record);
    orphans.start();
    for (let beat = 2; beat < 8; beat++) {
      await pass(5000);
      const next = { holder: "there", beat };
      await leases.swap("gateway/2", record, next);
      record = next;
    }
    expect(adopted).to.equal(0);
    await pass(LEASE_MS + 15_000);
    expect(adopted).to.equal(1);
  });

  it("are found where gateways come one after the other and go, without a look at every slot each time", async () => {
    orphans.start();
    await pass(10_000);
    for (const [at, slot] of ["gateway/1", "gateway/2"].entries()) {
      await outboxes.get(slot)?.put([entry(4 + at)]);
      await leases.swap(slot, undefined, { holder: `there-${at}`, beat: 1 });
    }
    await pass(2 * 5000 + LEASE_MS + 10_000);
    expect(adopted).to.equal(2);
  });

  it("are looked for where somebody may be, and everywhere only now and then", async () => {
    const reads: string[] = [];
    const slots = Array.from({ length: 64 }, (_, at) => `gateway/${at}`);
    const many = new OrphanedOutboxes({
      slots,
      own: "gateway/0",
      holder: "here",
      leases: {
        read: async (slot) => {
          reads.push(slot);
          return undefined;
        },
        swap: leases.swap,
      },
      openOutbox: async () => withoutClose(outboxes.get("gateway/0") as Outbox),
      queue,
      onAdopted: () => {},
      clock,
      leaseMs: LEASE_MS,
      onTrouble: (error) => {
        throw error;
      },
    });
    many.start();
    await pass(5 * 60_000 - 5000);
    await many.stop();
    expect(reads.slice(0, 63)).to.deep.equal(slots.slice(1));
    expect(new Set(reads.slice(63))).to.deep.equal(new Set(["gateway/1"]));
  });
});

function withoutClose(outbox: Outbox): Outbox {
  return {
    put: (entries) => outbox.put(entries),
    remove: (ids) => outbox.remove(ids),
    entries: () => outbox.entries(),
    close: async () => {},
  };
}
