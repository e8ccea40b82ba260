import type { Acceptor } from "#shared/ports/acceptor.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";

/** Lets the other Regions ask this Region's acceptor. */
export function serveAcceptor(link: RegionLink, acceptor: Acceptor): void {
  link.serve("acceptor.read", (_, { shard }) => acceptor.read(shard));
  link.serve("acceptor.prepare", (_, { shard, ballot }) => acceptor.prepare(shard, ballot));
  link.serve("acceptor.accept", (_, { shard, ballot, value }) => acceptor.accept(shard, ballot, value));
}
