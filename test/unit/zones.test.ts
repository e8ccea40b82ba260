import { expect } from "chai";
import { after, afterEach, describe, it } from "mocha";
import type { OpenChannel } from "#services/matching/zones/channel.ts";
import type { FromZone, ToZone } from "#services/matching/zones/zone-messages.ts";
import { encodeCommand } from "#shared/domain/encoding/command-encoding.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { BranchId, CommandId, RegionId, Seq } from "#shared/domain/ids.ts";
import { eventually } from "#test/support/eventually.ts";
import { temporaryFolders } from "#test/support/folders.ts";
import { SEED } from "#test/support/seed.ts";
import { seededRandom } from "#test/support/seeded-random.ts";
import { depositRecord, REGION, SHARD, ZoneStage } from "#test/support/zone-stage.ts";

describe("matching in two zones", function () {
  this.timeout(60_000);
  const folders = temporaryFolders();
  let stage: ZoneStage | undefined;
  const openStage = async (snapshotCommands?: number) => {
    stage = await ZoneStage.open(folders.make(), snapshotCommands);
    return stage;
  };
  /** Zones a and b are there, and what was in the log before is journaled. */
  const startedStage = async () => {
    const opened = await openStage();
    const kill = { a: opened.addZone("a"), b: opened.addZone("b") };
    await opened.append(20);
    await opened.matching.catchUp();
    opened.matching.run();
    return { stage: opened, kill };
  };

  afterEach(async () => {
    await stage?.close();
    stage = undefined;
  });
  after(() => folders.removeAll());

  it("publishes every outcome once and in order, and journals the same", async () => {
    const { stage } = await startedStage();
    const before = stage.matching.seq;
    await stage.append(700);
    await expectWhole(stage, before);
    expect(stage.divergences).to.deep.equal([]);
    expect(stage.failovers).to.deep.equal([]);
  });

  it("takes nothing between catching up and running, so that who begins where it caught up misses nothing", async () => {
    const stage = await openStage();
    let sent = 0;
    stage.addZone("a", {
      wrap: (open) => (handlers) => {
        const channel = open(handlers);
        return {
          close: () => channel.close(),
          send: (message) => {
            if (message.t === "outcomes") sent += message.outcomes.length;
            channel.send(message);
          },
        };
      },
    });
    await stage.append(20);
    await stage.matching.catchUp();
    const before = stage.matching.seq;
    await stage.append(50);
    await eventually(() => sent >= before + 50);
    // What the zone sent before its state was worked on before it.
    await stage.matching.takeSnapshot();
    expect(stage.matching.seq).to.equal(before);
    stage.matching.run();
    await expectWhole(stage, before);
  });

  it("goes on from the other zone when the one that publishes dies under load: nothing lost, nothing twice", async () => {
    const { stage, kill } = await startedStage();
    const before = stage.matching.seq;
    const load = stage.append(500);
    await eventually(() => stage.published.length > 100);
    kill.a();
    await load;
    // It may have sent all of it before it died: that it is gone is noticed all the same.
    await eventually(() => stage.failovers.length > 0);
    await expectWhole(stage, before);
    expect(stage.failovers).to.deep.equal(["a closed, then b"]);
  });

  it("goes on from the other zone when the one that publishes says nothing more, and takes no harm when it speaks again", async () => {
    const stage = await openStage();
    const mute = muting();
    stage.addZone("a", { wrap: mute.wrap });
    stage.addZone("b");
    await stage.append(20);
    await stage.matching.catchUp();
    stage.matching.run();
    const before = stage.matching.seq;
    await stage.append(50);
    mute.isMute = true;
    await stage.append(50);
    await eventually(() => stage.failovers.length > 0);
    await expectWhole(stage, before);
    mute.speak();
    await stage.append(300);
    await expectWhole(stage, before);
    expect(stage.failovers).to.deep.equal(["a silent, then b"]);
  });

  it("goes on where it was when both zones died and others come", async () => {
    const { stage, kill } = await startedStage();
    const before = stage.matching.seq;
    await stage.append(200);
    kill.a();
    kill.b();
    await stage.append(100);
    await eventually(() => stage.hub.zones.length === 0);
    stage.addZone("a");
    await expectWhole(stage, before);
  });

  it("lets a standby that no longer holds what is missing fold it again", async () => {
    const stage = await openStage(100_000);
    const mute = muting();
    stage.addZone("a", { wrap: mute.wrap });
    stage.addZone("b", { ringMax: 8 });
    await stage.append(30);
    await stage.matching.catchUp();
    stage.matching.run();
    const before = stage.matching.seq;
    mute.isMute = true;
    await stage.append(300);
    await expectWhole(stage, before);
    expect(stage.failovers).to.deep.equal(["a silent, then b"]);
  });

  it("loses and doubles nothing, however often zones die and come", async () => {
    const stage = await openStage();
    const random = seededRandom(SEED);
    const kills = new Map([["a", stage.addZone("a")]]);
    await stage.append(5);
    await stage.matching.catchUp();
    stage.matching.run();
    const before = stage.matching.seq;
    for (let round = 0; round < 40; round++) {
      const load = stage.append(random.below(60));
      const zone = random.below(2) === 0 ? "a" : "b";
      const kill = kills.get(zone);
      kills.delete(zone);
      if (kill === undefined) kills.set(zone, stage.addZone(zone, { ringMax: 1 + random.below(40) }));
      else kill();
      await load;
    }
    if (kills.size === 0) stage.addZone("c");
    await expectWhole(stage, before);
  });

  it("lets time go on by ticks in the branch that it writes, from its first record on", async () => {
    const { stage } = await startedStage();
    await eventually(() => stage.published.some(({ events }) => events.length === 0));
  });

  it("notices when the zones fold to different states", async () => {
    const stage = await openStage();
    stage.addZone("a");
    stage.addZone("b", { wrap: changing });
    await stage.append(600);
    await stage.matching.catchUp();
    await eventually(() => stage.divergences.length > 0);
    expect(stage.divergences[0]).to.deep.equal({ branch: "us-east-1.1", seq: 256, zones: ["a", "b"] });
  });

  it("goes back with the tape and publishes what stands there instead, also when the zone that publishes dies over it", async () => {
    const { stage, kill } = await startedStage();
    const before = stage.matching.seq;
    await stage.append(300);
    await eventually(() => stage.published.length >= 300);
    const successor = { region: "eu-west-1" as RegionId, branch: "eu-west-1.1" as BranchId };
    const parentSeq = (before + 120) as Seq;
    await stage.copies.append(SHARD, successor.region, successorRecords(successor.branch, parentSeq));
    const [first] = stage.tape.plan.lineage;
    if (first === undefined) throw new Error("the tape has a first span");
    const second = {
      epoch: 2,
      branch: successor.branch,
      owner: successor.region,
      parentSeq,
      start: 0,
      cutDigest: "",
    };
    stage.tape.setPlan({ shard: SHARD, lineage: [first, second], fork: undefined });
    kill.a();
    await eventually(() => stage.matching.seq === parentSeq + 41);
    await stage.matching.catchUp();
    expect(stage.rewinds.map(({ toSeq }) => toSeq)).to.deep.equal([parentSeq]);
    const after = stage.published.slice(stage.rewinds[0]?.published);
    expect(after.map(({ branch, seq }) => `${branch} ${seq}`)).to.deep.equal(
      Array.from({ length: 41 }, (_, at) => `${successor.branch} ${parentSeq + 1 + at}`),
    );
    expect(await stage.journaled()).to.deep.equal(await stage.folded());
    expect(first.owner).to.equal(REGION);
  });

  it("tells where the record stands that it went back to, so that what follows it in that log is asked for", async () => {
    const { stage } = await startedStage();
    const before = stage.matching.seq;
    await stage.append(300);
    await eventually(() => stage.published.length >= 300);
    const parentSeq = (before + 120) as Seq;
    const [first] = stage.tape.plan.lineage;
    const [segment] = stage.tape.segments;
    if (first === undefined || segment === undefined) throw new Error("the tape has a first span");
    // Nothing of what follows has come over the link yet.
    const branch = "eu-west-1.1" as BranchId;
    const second = { ...first, epoch: 2, branch, owner: "eu-west-1" as RegionId, parentSeq };
    stage.tape.setPlan({ shard: SHARD, lineage: [first, second], fork: undefined });
    await eventually(() => stage.matching.seq === parentSeq && stage.rewinds.length === 1);
    const records = await stage.tape.read(segment, 0, parentSeq);
    await eventually(() => stage.matching.place.position === records.at(-1)?.position);
  });

  it("starts again from its snapshots, and compares what the journal has with what is folded", async () => {
    const folder = folders.make();
    const first = await ZoneStage.open(folder);
    first.addZone("a");
    await first.append(180);
    await first.matching.catchUp();
    first.matching.run();
    const state = await first.matching.state();
    await first.close();
    stage = await ZoneStage.open(folder);
    stage.addZone("b");
    await stage.matching.catchUp();
    const again = await stage.matching.state();
    expect(again.balances).to.deep.equal(state.balances);
    expect(await stage.journaled()).to.deep.equal(await stage.folded());
    expect((await stage.stores.snapshots.list(SHARD))[0]?.seq).to.equal(again.seq);
  });
});

/** All that the tape folds to is journaled, and what came after a seq was published: once, in order. */
async function expectWhole(stage: ZoneStage, after: number): Promise<void> {
  const folded = await stage.folded();
  await stage.matching.catchUp();
  // Time goes on: there may be more by now.
  expect((await stage.journaled()).slice(0, folded.length)).to.deep.equal(folded);
  const expected = folded.filter(({ seq }) => seq > after);
  const published = stage.published.slice(0, expected.length);
  expect(published.map(nameOf)).to.deep.equal(expected.map(nameOf));
  expect(published).to.deep.equal(expected);
}

function nameOf({ branch, seq }: Outcome): string {
  return `${branch} ${seq}`;
}

/** A zone whose words are kept back while it is mute, as of a process that was stopped. */
function muting() {
  const kept: FromZone[] = [];
  let sendNow: (message: FromZone) => void = () => {};
  const control = {
    isMute: false,
    speak: () => {
      control.isMute = false;
      for (const message of kept.splice(0)) sendNow(message);
    },
    wrap: (open: OpenChannel<FromZone, ToZone>): OpenChannel<FromZone, ToZone> => {
      return (handlers) => {
        const channel = open(handlers);
        sendNow = (message) => channel.send(message);
        const send = (message: FromZone) => {
          if (control.isMute) kept.push(message);
          else channel.send(message);
        };
        return { send, close: () => channel.close() };
      };
    },
  };
  return control;
}

/** A zone that reads one record wrong. */
function changing(open: OpenChannel<FromZone, ToZone>): OpenChannel<FromZone, ToZone> {
  return (handlers) => {
    return open({
      ...handlers,
      onMessage: (message) => {
        if (message.t !== "records") return handlers.onMessage(message);
        const records = message.records.map((record) =>
          record.seq === 40 ? { ...record, bytes: Uint8Array.of(0) } : record,
        );
        handlers.onMessage({ ...message, records });
      },
    });
  };
}

/** What another Region wrote after it took the shard over: the branch's first record, then deposits. */
function successorRecords(branch: BranchId, parentSeq: Seq) {
  const parent = "us-east-1.1" as BranchId;
  const command = { kind: "BranchStarted", branch, parent, parentSeq, epoch: 2, provisional: false } as const;
  const commandId = "f".repeat(32) as CommandId;
  const records = [{ position: 1, bytes: encodeCommand({ commandId, branch, validUntil: 0, command }) }];
  for (let position = 2; position <= 41; position++)
    records.push({ position, bytes: depositRecord(branch, 10_000 + position) });
  return records;
}
