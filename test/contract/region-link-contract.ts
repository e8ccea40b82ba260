import { expect } from "chai";
import { describe, it } from "mocha";
import type { BranchId, RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { OwnershipRecord } from "#shared/domain/lineage.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";

/** A network of Regions in one world: loopback, or the simulator's. */
export interface LinkWorld {
  readonly world: string;
  open(regions: readonly RegionId[]): Promise<LinkedRegions>;
}

export interface LinkedRegions {
  link(region: RegionId): RegionLink;
  /** The Region is gone: nothing of it answers any more. */
  stop(region: RegionId): Promise<void>;
  /** Waits for something that needs time to pass. A simulator lets its own time pass. */
  run<T>(promise: Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const [A, B, C] = ["us-east-1", "eu-west-1", "ap-northeast-1"] as [RegionId, RegionId, RegionId];
const SHARD = "shard-1" as ShardId;
/** More than any answer here takes, so that only silence comes so far. */
const LONG_MS = 10_000;
const SHORT_MS = 50;

/** What every `RegionLink` promises (shared/ports/region-link.ts), while nothing is lost. */
export function regionLinkContract({ world, open }: LinkWorld): void {
  describe(`the Region link (${world})`, () => {
    it("brings a request to its handler, with who asks, and the answer back, bytes as bytes", async () => {
      await withRegions(async ({ link, run }) => {
        const heard: unknown[] = [];
        link(B).serve("log.append", async (from, request) => {
          heard.push(from, request);
          return { results: [{ ok: true, position: 2 ** 53 - 1 }] };
        });
        const commands = [Uint8Array.of(0, 255, 7), new Uint8Array(0)];
        const answer = await run(link(A).request(B, "log.append", { shard: SHARD, commands }, LONG_MS));
        expect(answer).to.deep.equal({
          ok: true,
          answer: { results: [{ ok: true, position: 2 ** 53 - 1 }] },
        });
        expect(heard).to.deep.equal([A, { shard: SHARD, commands }]);
      });
    });

    it("keeps every value as it is, also what is undefined", async () => {
      await withRegions(async ({ link, run }) => {
        link(B).serve("acceptor.prepare", async () => ({ ok: true, accepted: undefined }));
        link(B).serve("acceptor.accept", async (_from, { ballot }) => ({ ok: false, promised: ballot }));
        const ballot = { counter: 3, region: A };
        const prepared = await run(link(A).request(B, "acceptor.prepare", { shard: SHARD, ballot }, LONG_MS));
        expect(prepared).to.deep.equal({ ok: true, answer: { ok: true, accepted: undefined } });
        const value = sampleRecord();
        const accepted = await run(
          link(A).request(B, "acceptor.accept", { shard: SHARD, ballot, value }, LONG_MS),
        );
        expect(accepted).to.deep.equal({ ok: true, answer: { ok: false, promised: ballot } });
      });
    });

    it("gives each of many requests its own answer, in whatever order they are worked on", async () => {
      await withRegions(async ({ link, run }) => {
        const waiting: (() => void)[] = [];
        link(B).serve("replica.read", async (_from, { after }) => {
          await new Promise<void>((resolve) => {
            waiting.push(resolve);
            if (waiting.length === 50) for (const release of waiting.reverse()) release();
          });
          return { records: [{ position: after + 1, bytes: Uint8Array.of(after) }] };
        });
        const answers = await run(
          Promise.all(
            Array.from({ length: 50 }, (_, after) =>
              link(A).request(B, "replica.read", { shard: SHARD, origin: C, after, limit: 1 }, LONG_MS),
            ),
          ),
        );
        for (const [after, answer] of answers.entries()) {
          const records = [{ position: after + 1, bytes: Uint8Array.of(after) }];
          expect(answer).to.deep.equal({ ok: true, answer: { records } });
        }
      });
    });

    it("works both ways and between all pairs at the same time", async () => {
      await withRegions(async ({ link, run }) => {
        const regions = [A, B, C];
        for (const region of regions)
          link(region).serve("region.status", async (from) => ({
            region: `${from} at ${region}` as RegionId,
            shards: [],
          }));
        const pairs = regions.flatMap((from) =>
          regions.filter((to) => to !== from).map((to) => [from, to] as const),
        );
        for (const [from, to] of pairs) {
          const answer = await run(
            link(from).request(to, "region.status", { region: from, shards: [] }, LONG_MS),
          );
          expect(answer).to.deep.equal({ ok: true, answer: { region: `${from} at ${to}`, shards: [] } });
        }
      });
    });

    it("carries megabytes", async () => {
      await withRegions(async ({ link, run }) => {
        const bytes = Uint8Array.from({ length: 3_000_000 }, (_, at) => at % 251);
        link(B).serve("replica.read", async () => ({ records: [{ position: 1, bytes }] }));
        const request = { shard: SHARD, origin: C, after: 0, limit: 1 };
        const result = await run(link(A).request(B, "replica.read", request, LONG_MS));
        if (!result.ok) throw new Error(result.error);
        expect(Buffer.compare(result.answer.records[0]?.bytes ?? new Uint8Array(0), bytes)).to.equal(0);
      });
    });

    it("says unreachable, and nothing of the reason, where the handler fails or is missing", async () => {
      await withRegions(async ({ link, run }) => {
        link(B).serve("ownership.promote", async () => {
          throw new Error("a secret of this Region");
        });
        const promoted = await run(
          link(A).request(B, "ownership.promote", { shard: SHARD, epoch: 1 }, SHORT_MS),
        );
        const fenced = await run(link(A).request(B, "replica.fence", { shard: SHARD, epoch: 1 }, SHORT_MS));
        expect([promoted, fenced]).to.deep.equal([UNREACHABLE, UNREACHABLE]);
      });
    });

    it("says unreachable when no answer comes in time, and does not mind one that comes later", async () => {
      await withRegions(async ({ link, run }) => {
        const late = Promise.withResolvers<{ ok: boolean }>();
        link(B).serve("ownership.promote", () => late.promise);
        link(B).serve("replica.fence", async () => ({ held: [] }));
        const asked = await run(
          link(A).request(B, "ownership.promote", { shard: SHARD, epoch: 1 }, SHORT_MS),
        );
        expect(asked).to.deep.equal(UNREACHABLE);
        late.resolve({ ok: true });
        const next = await run(link(A).request(B, "replica.fence", { shard: SHARD, epoch: 1 }, LONG_MS));
        expect(next).to.deep.equal({ ok: true, answer: { held: [] } });
      });
    });

    it("says unreachable for a Region that is gone, also for what was under way", async () => {
      await withRegions(async ({ link, run, stop }) => {
        const isAsked = Promise.withResolvers<void>();
        link(B).serve("ownership.promote", () => {
          isAsked.resolve();
          return new Promise(() => {});
        });
        const underWay = link(A).request(B, "ownership.promote", { shard: SHARD, epoch: 1 }, 20 * SHORT_MS);
        await run(isAsked.promise);
        await stop(B);
        expect(await run(underWay)).to.deep.equal(UNREACHABLE);
        const after = link(A).request(B, "ownership.promote", { shard: SHARD, epoch: 1 }, SHORT_MS);
        expect(await run(after)).to.deep.equal(UNREACHABLE);
      });
    });
  });

  async function withRegions(work: (regions: LinkedRegions) => Promise<void>): Promise<void> {
    const regions = await open([A, B, C]);
    try {
      await work(regions);
    } finally {
      await regions.close();
    }
  }
}

const UNREACHABLE = { ok: false, error: "unreachable" } as const;

function sampleRecord(): OwnershipRecord {
  const span = {
    epoch: 1,
    branch: "us-east-1.1" as BranchId,
    owner: A,
    parentSeq: 0 as Seq,
    start: 0,
    cutDigest: "",
  };
  return { shard: SHARD, lineage: [span], leaseMs: 1500, renewal: 7 };
}
