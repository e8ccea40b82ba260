import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningRegion, startEmbeddedRegion } from "#local/embedded-region.ts";
import { openSharedIdentity } from "#local/shared-identity.ts";
import { DEFAULT_TIMING } from "#services/region/timing.ts";
import type { RegionId } from "#shared/domain/ids.ts";
import { oneShard } from "./one-shard.ts";
import { createTestLinks, type TestLinks } from "./test-links.ts";

export const OWNER = "us-east-1" as RegionId;
export const OTHER = "eu-west-1" as RegionId;
export const CUT_OFF = "ap-northeast-1" as RegionId;
export const REGIONS: readonly RegionId[] = [OWNER, OTHER, CUT_OFF];
export const TIMING = {
  ...DEFAULT_TIMING,
  leaseMs: 1500,
  contactMs: 800,
  partitionAfterMs: 1600,
  healAfterMs: 300,
};

/** Three whole Regions of one shard in this process, over links that can be cut; they give up sooner than in production. */
export interface ThreeRegions {
  urlOf(region: RegionId): string;
  /** Cuts the links of a Region, the third one if none is named, or mends them. */
  cut(isCut: boolean, region?: RegionId): void;
  /** No Region is answered requests of a kind any more, or again. */
  refuse: TestLinks["refuse"];
  /** Operating errors that a Region could not go on from: none, if all is well. */
  readonly failures: readonly unknown[];
  stop(): Promise<void>;
}

/** `webFolder`: the built page, if they are to serve it. */
export async function startThreeRegions(webFolder?: string, timing = TIMING): Promise<ThreeRegions> {
  const links = createTestLinks();
  const folder = mkdtempSync(join(tmpdir(), "meridian-three-regions-"));
  const identity = openSharedIdentity(folder);
  const failures: unknown[] = [];
  const started = await Promise.all(
    REGIONS.map((region) =>
      startEmbeddedRegion({
        port: 0,
        dataFolder: join(folder, region),
        faucet: true,
        rateLimits: "generous",
        definitions: oneShard(),
        identity,
        ...(webFolder === undefined ? {} : { webFolder }),
        onFailure: (error) => failures.push(error),
        peers: { regions: REGIONS, link: links.of(region), timing, onDivergence: () => {} },
      }),
    ),
  );
  const regions = new Map<RegionId, RunningRegion>();
  for (const [at, region] of REGIONS.entries()) regions.set(region, started[at] as RunningRegion);
  return {
    urlOf: (region) => String(regions.get(region)?.url),
    cut: (isCut, region = CUT_OFF) => {
      for (const other of REGIONS) if (other !== region) links.cut(other, region, isCut);
    },
    refuse: links.refuse,
    failures,
    stop: async () => {
      await Promise.all(started.map((region) => region.stop()));
      identity.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
