import type { IntakeView } from "#services/gateway/intake/intake-view.ts";
import type { ShardNode } from "#services/region/shard-node.ts";
import type { Seq } from "#shared/domain/ids.ts";
import type { Market } from "#shared/domain/market.ts";
import type { OutcomeFeed } from "#shared/ports/outcome-feed.ts";

/** What the intake asks of a view, straight from the feed: the simulator has no pages to fill. */
export function feedView(node: ShardNode, feed: OutcomeFeed, markets: readonly Market[]): IntakeView {
  return {
    get branch() {
      return node.matching.place.branch;
    },
    get provisionalAfter() {
      return node.isProvisional ? (node.finalSeq() as Seq) : undefined;
    },
    market: (id) => markets.find((market) => market.id === id),
    onUpdate: (listener) => feed.subscribe((outcome) => listener({ outcome })),
    onRewind: (listener) =>
      feed.subscribe(
        () => {},
        ({ toSeq }) => listener({ toSeq }),
      ),
  };
}
