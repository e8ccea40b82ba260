/** What a stage of a trace is, for who reads one. */
export interface StageDefinition {
  /** As OpenTelemetry names it: who waits for an answer, who works on what came. */
  readonly kind: "client" | "server" | "producer" | "consumer" | "internal";
  /** One that takes longer is slow, and its trace is kept. */
  readonly slowMs: number;
  readonly help: string;
  /** What its span may tell; at most {@link ATTRIBUTES_MAX}. */
  readonly attributes: readonly string[];
}

export const ATTRIBUTES_MAX = 4;

/** The objective for what a client waits for (docs/on-call.md): whoever waits longer is worth a look. */
const OBJECTIVE_MS = 250;
/** What happens behind the answer may take as long as finality and a queue do. */
const BEHIND_MS = 10_000;

/** The stages of an order, from whoever sends it to the books. Each is a span, by its name. */
export const STAGES = {
  "page.click": {
    kind: "client",
    slowMs: OBJECTIVE_MS,
    help: "From a trader's click until the page had the answer to the order, as the page measured it; the request that it sent hangs on it.",
    attributes: ["meridian.result"],
  },
  "gateway.request": {
    kind: "server",
    slowMs: OBJECTIVE_MS,
    help: "A request over HTTP, until it is answered.",
    attributes: ["http.request.method", "http.route", "http.response.status_code"],
  },
  "gateway.message": {
    kind: "server",
    slowMs: OBJECTIVE_MS,
    help: "A message over Socket.IO that trades, until it is acknowledged.",
    attributes: ["meridian.event", "meridian.code"],
  },
  "log.append": {
    kind: "producer",
    slowMs: OBJECTIVE_MS,
    help: "From the intake until the owner's log holds the command. What follows hangs on this span: its context stands in the command's record.",
    attributes: ["meridian.shard", "meridian.route"],
  },
  "matching.fold": {
    kind: "consumer",
    slowMs: 50,
    help: "The fold of the command, in each Region by the zone that publishes.",
    attributes: ["meridian.shard", "meridian.branch", "meridian.seq", "meridian.reason"],
  },
  "gateway.fanout": {
    kind: "consumer",
    slowMs: OBJECTIVE_MS,
    help: "From the outcome at the gateway until order status and trades were given to whoever follows them. (Depth is gathered, and goes out up to 100 ms later.)",
    attributes: ["meridian.shard", "meridian.seq"],
  },
  "projector.write": {
    kind: "consumer",
    slowMs: BEHIND_MS,
    help: "The commit of the tables that hold the outcome.",
    attributes: ["meridian.shard", "meridian.seq", "meridian.batch"],
  },
  "bus.publish": {
    kind: "producer",
    slowMs: BEHIND_MS,
    help: "From the journal until the bus holds the outcome's messages; the wait for finality is in it.",
    attributes: ["meridian.shard", "meridian.seq", "meridian.batch"],
  },
  "ledger.post": {
    kind: "consumer",
    slowMs: BEHIND_MS,
    help: "The ledger's transaction of the batch with the outcome's messages; and one more of each that failed.",
    attributes: ["meridian.event", "meridian.shard", "meridian.seq", "meridian.receives"],
  },
  "notifier.note": {
    kind: "consumer",
    slowMs: BEHIND_MS,
    help: "Until it is written down whom the outcome's messages concern; and one more of each that failed.",
    attributes: ["meridian.event", "meridian.shard", "meridian.seq", "meridian.receives"],
  },
} as const satisfies Record<string, StageDefinition>;

export type Stage = keyof typeof STAGES;

/** What a span of a stage tells. */
export type AttributesOf<S extends Stage> = Readonly<
  Partial<Record<(typeof STAGES)[S]["attributes"][number], string | number>>
>;
