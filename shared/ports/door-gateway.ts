/** The Region's gateway, which owns order ids and the log, as the door sees it. */
export interface DoorGateway {
  /** Places a simple order for whoever has the token; the gateway remembers which connection waits for it before the order exists. Never throws: `undefined` if it is not known what became of it. */
  place(request: DoorOrder): Promise<GatewayAnswer | undefined>;
}

export interface DoorOrder {
  readonly token: string;
  readonly connectionId: string;
  /** The message as it came. */
  readonly body: string;
  /** Of the client, for the gateway's limits. */
  readonly address: string;
}

export interface GatewayAnswer {
  readonly status: number;
  readonly body: object;
}
