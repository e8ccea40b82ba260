/** What the supervisor tells a child: first how it is to run, later what has changed. */
export type ToChild =
  | { readonly t: "config"; readonly config: unknown }
  | { readonly t: "update"; readonly update: unknown }
  | { readonly t: "stop" };

/** What a child tells the supervisor. */
export type FromChild =
  /** Ports that are open already, while the start goes on. */
  | { readonly t: "ports"; readonly ports: Readonly<Record<string, number>> }
  | { readonly t: "ready" }
  /** How it stands, again and again. */
  | { readonly t: "observation"; readonly observation: unknown }
  /** Its fold of a shard and another Region's differ. */
  | { readonly t: "divergence"; readonly shard: string }
  /** It ends, for a reason that whoever runs the platform can act on (`isOperating`) or not. */
  | { readonly t: "fatal"; readonly name: string; readonly line: string };
