import { once } from "node:events";
import { connect } from "node:net";
import { expect } from "chai";
import { afterEach, describe, it } from "mocha";
import { frameOf } from "#shared/adapters/embedded/frames/frame-splitter.ts";
import type { TcpRegionLink } from "#shared/adapters/embedded/tcp-region-link.ts";
import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import { encodeValue } from "#shared/protocol/wire-value.ts";
import { openLink } from "#test/contract/tcp-links.ts";
import { becomesTrue } from "#test/support/becomes-true.ts";

const [A, B] = ["us-east-1", "eu-west-1"] as [RegionId, RegionId];
const FENCE = { shard: "shard-1" as ShardId, epoch: 1 };
const LONG_MS = 15_000;
/** Longer than a test may take. */
const FOREVER_MS = 3_600_000;
const HOST = "127.0.0.1";

describe("a Region's link over TCP", () => {
  const links: TcpRegionLink[] = [];
  const open = async (region: RegionId, port = 0) => {
    const link = await openLink(region, port);
    links.push(link);
    return link;
  };

  afterEach(async () => {
    await Promise.all(links.splice(0).map((link) => link.close()));
  });

  it("closes a connection that brings anything but its protocol, and goes on with the others", async () => {
    const [a, b] = [await open(A), await open(B)];
    a.setPeer(B, { host: HOST, port: b.port });
    b.serve("replica.fence", async () => ({ held: [] }));
    const garbage = [
      Buffer.from("GET / HTTP/1.1\r\n\r\n"),
      frameOf(Uint8Array.of(99)),
      frameOf(encodeValue({ t: "ask", id: "one", from: A, kind: "replica.fence" })),
      frameOf(encodeValue({ t: "answer", id: 1, body: 1 })),
      frameOf(encodeValue("hello")),
    ];
    for (const bytes of garbage) {
      const socket = connect(b.port, HOST);
      socket.write(bytes);
      await once(socket, "close");
    }
    expect(await a.request(B, "replica.fence", FENCE, LONG_MS)).to.deep.equal({
      ok: true,
      answer: { held: [] },
    });
  });

  it("finds a peer that was gone and came back, and one that moved", async () => {
    const a = await open(A);
    const first = await open(B);
    a.setPeer(B, { host: HOST, port: first.port });
    first.serve("replica.fence", async () => ({ held: [] }));
    expect((await a.request(B, "replica.fence", FENCE, LONG_MS)).ok).to.equal(true);
    await first.close();
    const second = await open(B, first.port);
    second.serve("replica.fence", async () => ({ held: [{ origin: A, position: 2 }] }));
    await becomesTrue(
      "the peer answers",
      async () => (await a.request(B, "replica.fence", FENCE, LONG_MS)).ok,
    );
    await second.close();
    const third = await open(B);
    third.serve("replica.fence", async () => ({ held: [{ origin: A, position: 3 }] }));
    a.setPeer(B, { host: HOST, port: third.port });
    await becomesTrue(
      "the peer answers",
      async () => (await a.request(B, "replica.fence", FENCE, LONG_MS)).ok,
    );
  });

  it("lets a request wait for a peer that is still starting", async () => {
    const a = await open(A);
    const later = await open(B);
    const { port } = later;
    await later.close();
    a.setPeer(B, { host: HOST, port });
    const asked = a.request(B, "replica.fence", FENCE, LONG_MS);
    const b = await open(B, port);
    b.serve("replica.fence", async () => ({ held: [] }));
    expect(await asked).to.deep.equal({ ok: true, answer: { held: [] } });
  });

  it("says at once that what was under way to a peer that died is unreachable", async () => {
    const [a, b] = [await open(A), await open(B)];
    a.setPeer(B, { host: HOST, port: b.port });
    const isAsked = Promise.withResolvers<void>();
    b.serve("replica.fence", () => {
      isAsked.resolve();
      return new Promise(() => {});
    });
    const asked = a.request(B, "replica.fence", FENCE, FOREVER_MS);
    await isAsked.promise;
    await b.close();
    expect(await asked).to.deep.equal({ ok: false, error: "unreachable" });
  });

  it("holds a bounded number of requests", async () => {
    const [a, b] = [await open(A), await open(B)];
    a.setPeer(B, { host: HOST, port: b.port });
    b.serve("replica.fence", () => new Promise(() => {}));
    const asked = Array.from({ length: 1001 }, () => a.request(B, "replica.fence", FENCE, LONG_MS));
    expect(await asked[1000]).to.deep.equal({ ok: false, error: "unreachable" });
    await a.close();
    for (const each of await Promise.all(asked)) expect(each.ok).to.equal(false);
  });
});
