import { expect } from "chai";
import { afterEach, beforeEach, describe, it } from "mocha";
import { LinkConditions, PERFECT } from "#local/links/link-conditions.ts";
import { type LinkNetwork, startLinkNetwork } from "#local/links/link-network.ts";
import { wanLatency } from "#local/links/wan-latencies.ts";
import type { TcpRegionLink } from "#shared/adapters/embedded/tcp-region-link.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import { openLink } from "#test/contract/tcp-links.ts";
import { becomesTrue } from "#test/support/becomes-true.ts";
import { eventually } from "#test/support/eventually.ts";
import { SEED } from "#test/support/seed.ts";
import { seededRandom } from "#test/support/seeded-random.ts";

const REGIONS = ["us-east-1", "eu-west-1", "ap-northeast-1"] as RegionId[];
const [A, B, C] = REGIONS as [RegionId, RegionId, RegionId];
const FENCE = { shard: "shard-1" as ShardId, epoch: 1 };
const LONG_MS = 15_000;
const SHORT_MS = 60;

describe("links between Regions that a fault injector can change", () => {
  const conditions = new LinkConditions();
  const links = new Map<RegionId, TcpRegionLink>();
  let network: LinkNetwork;
  /** How often each Region was asked. */
  let asked: Map<RegionId, number>;

  beforeEach(async () => {
    conditions.reset();
    asked = new Map();
    network = await startLinkNetwork({
      regions: REGIONS,
      conditions,
      clock: systemClock(),
      random: seededRandom(SEED),
    });
    for (const region of REGIONS) await open(region);
  });

  afterEach(async () => {
    await Promise.all([...links.values()].map((link) => link.close()));
    await network.close();
  });

  it("carries requests and answers between all Regions", async () => {
    for (const from of REGIONS)
      for (const to of REGIONS) if (from !== to) expect(await reaches(from, to, LONG_MS)).to.equal(true);
  });

  it("cuts one direction: requests that way are not heard, and answers that way do not come", async () => {
    await reaches(A, B, LONG_MS);
    await reaches(B, A, LONG_MS);
    asked.clear();
    conditions.change({ from: A, to: B }, { isCut: true });
    expect(await reaches(A, B, SHORT_MS)).to.equal(false);
    expect(asked.get(B), "the request did not arrive").to.equal(undefined);
    expect(await reaches(B, A, SHORT_MS)).to.equal(false);
    expect(asked.get(A), "the request arrived, the answer did not").to.equal(1);
    expect(await reaches(A, C, LONG_MS)).to.equal(true);
    expect(await reaches(C, B, LONG_MS)).to.equal(true);
    conditions.change({ from: A, to: B }, { isCut: false });
    await becomesTrue("A reaches B", () => reaches(A, B, LONG_MS));
    await becomesTrue("B reaches A", () => reaches(B, A, LONG_MS));
  });

  it("takes what is on its way when it is cut", async () => {
    await reaches(A, B, LONG_MS);
    asked.clear();
    conditions.change({ from: A, to: B }, { delayMs: 200 });
    const underWay = links.get(A)?.request(B, "replica.fence", FENCE, 10 * SHORT_MS);
    // Long enough for the request to have left.
    for (let turn = 0; turn < 5; turn++) await reaches(A, C, LONG_MS);
    conditions.change({ from: A, to: B }, { isCut: true });
    expect((await underWay)?.ok).to.equal(false);
    expect(asked.get(B)).to.equal(undefined);
  });

  it("delays each direction by itself", async () => {
    conditions.change({ from: B, to: A }, { delayMs: 3_600_000 });
    expect(await reaches(A, B, SHORT_MS)).to.equal(false);
    expect(asked.get(B), "the request came at once").to.equal(1);
    // The answer is on its way: the request of the other direction too.
    void reaches(B, A, SHORT_MS);
    conditions.change({ from: B, to: A }, { delayMs: 0 });
    expect(asked.get(A)).to.equal(undefined);
  });

  it("loses as many messages as it is told, and keeps the rest in order", async () => {
    conditions.change({ from: A, to: B }, { lossPpm: 300_000, jitterMs: 3 });
    const heard: number[] = [];
    const b = await open(B, (epoch) => heard.push(epoch));
    await becomesTrue("A reaches B", () => reaches(A, B, SHORT_MS));
    heard.length = 0;
    const sent = Array.from({ length: 400 }, (_, epoch) =>
      links.get(A)?.request(B, "replica.fence", { ...FENCE, epoch }, 20 * SHORT_MS),
    );
    const answers = await Promise.all(sent);
    const came = answers.filter((answer) => answer?.ok).length;
    expect(b.port).to.be.greaterThan(0);
    expect(came).to.be.within(200, 360);
    expect(heard).to.have.length(came);
    expect(heard).to.deep.equal(heard.toSorted((x, y) => x - y));
  });

  it("finds a Region that came back elsewhere", async () => {
    await reaches(A, B, LONG_MS);
    await links.get(B)?.close();
    await open(B);
    await becomesTrue("A reaches B", () => reaches(A, B, LONG_MS));
  });

  it("knows how far Regions are apart", () => {
    const real = wanLatency(100);
    expect(real({ from: A, to: B }).delayMs + real({ from: B, to: A }).delayMs).to.equal(80);
    expect(real({ from: C, to: A }).delayMs + real({ from: A, to: C }).delayMs).to.equal(150);
    expect(real({ from: B, to: C }).delayMs + real({ from: C, to: B }).delayMs).to.equal(220);
    expect(wanLatency(0)({ from: A, to: B })).to.deep.equal(PERFECT);
  });

  async function open(region: RegionId, onAsked: (epoch: number) => void = () => {}): Promise<TcpRegionLink> {
    await links.get(region)?.close();
    const link = await openLink(region);
    links.set(region, link);
    link.serve("replica.fence", async (_from, { epoch }) => {
      onAsked(epoch);
      asked.set(region, (asked.get(region) ?? 0) + 1);
      return { held: [] };
    });
    network.setTarget(region, link.port);
    for (const peer of REGIONS)
      if (peer !== region) link.setPeer(peer, { host: "127.0.0.1", port: network.port(region, peer) });
    return link;
  }

  async function reaches(from: RegionId, to: RegionId, timeoutMs: number): Promise<boolean> {
    const link = links.get(from);
    await eventually(() => link !== undefined);
    return (await link?.request(to, "replica.fence", FENCE, timeoutMs))?.ok === true;
  }
});
