import { table } from "#local/cli/table.ts";
import type { OpsCommand } from "../command.ts";

/** How every Region and shard stands, as each Region that answers sees it. */
export const STATUS: OpsCommand = {
  usage: "status",
  what: "Regions, links and shards, as each Region sees them",
  examples: ["status", "status --json"],
  arity: 0,
  isDangerous: false,
  run: async (platform) => {
    const [edge, sights] = [await platform.edge(), await platform.sights()];
    const regions = (
      edge?.regions ?? sights.map(({ region }) => ({ region, healthy: true, reasons: [] }))
    ).map(({ region, healthy, reasons }) => {
      const sight = sights.find((one) => one.region === region);
      const unreachable =
        sight?.regions.filter(({ health }) => health !== "up").map((one) => one.region) ?? [];
      return { region, healthy, reasons, unreachable, partitioned: sight?.isPartitioned ?? null };
    });
    const shards = sights.flatMap(({ region, shards }) =>
      shards.map((shard) => ({ seenBy: region, ...shard })),
    );
    const isBad =
      regions.some(({ healthy, unreachable }) => !healthy || unreachable.length > 0) ||
      shards.some(({ provisional, backpressure }) => provisional || backpressure !== "ok");
    const text = [
      table(
        ["region", "health", "does not reach", "partitioned"],
        regions.map(({ region, healthy, reasons, unreachable, partitioned }) => [
          region,
          healthy ? "healthy" : `unhealthy ${reasons.join(", ")}`.trim(),
          unreachable.join(", ") || "-",
          partitioned === null ? "?" : partitioned ? "yes" : "no",
        ]),
      ),
      "",
      table(
        [
          "shard",
          "seen by",
          "owner",
          "epoch",
          "route",
          "state",
          "lag ms",
          "not final",
          "queued",
          "backpressure",
        ],
        shards.map(
          ({
            shard,
            seenBy,
            owner,
            epoch,
            route,
            provisional,
            lagMs,
            seq,
            finalSeq,
            queued,
            backpressure,
          }) => [
            shard,
            seenBy,
            owner,
            String(epoch),
            route,
            provisional ? "PROVISIONAL" : "canonical",
            lagMs === null ? "?" : String(lagMs),
            String(Math.max(0, seq - finalSeq)),
            String(queued),
            backpressure,
          ],
        ),
      ),
      "",
      isBad ? "Something is not as it should be." : "All is well.",
    ].join("\n");
    return { json: { regions, shards, ok: !isBad }, text, isBad };
  },
};
