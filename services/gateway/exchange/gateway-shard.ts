import type { CommandAppender } from "#shared/ports/command-log.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { Projections } from "#shared/ports/projections.ts";
import type { RemoteAppender } from "../intake/remote-appender.ts";
import type { ShardRoute } from "../intake/shard-route.ts";
import type { ShardFinality } from "../regions/region-status-source.ts";
import type { LiveView } from "../views/live-view.ts";

/** One shard as a gateway serves it, wherever it is folded. */
export interface GatewayShard {
  readonly route: ShardRoute;
  /** Into this Region's own log of the shard. */
  readonly log: CommandAppender;
  readonly remote: RemoteAppender | undefined;
  readonly journal: Journal;
  readonly projections: Projections;
  readonly view: LiveView;
  readonly finality: ShardFinality;
  /** What happens at the end of its tape now may still be undone. */
  isProvisional(): boolean;
  /** The age of its oldest outcome that this Region has not journaled, ms. */
  unjournaledMs(): number;
  /** The same in the Region that owns it, as that said last; 0 as owner. */
  unjournaledAtOwnerMs(): number;
}
