/** What a load process is told, as JSON in its first argument. */
export interface LoadPlan {
  readonly transport: "rest" | "sockets";
  /** "together": both servers get orders at the same time, so that all else that the machine does meets both alike; else in turn. */
  readonly mode: "in turn" | "together";
  /** The bare peer first, then the platform. */
  readonly peerUrl: string;
  readonly platformUrl: string;
  /** Where each tells how much CPU time it has used. */
  readonly peerCpuUrl: string;
  readonly platformCpuUrl: string;
  /** The peer is the platform too, run another way, and no echo. */
  readonly isPeerPlatform: boolean;
  readonly lanes: number;
  readonly accounts: number;
  /** Orders at a time on each lane, where they are sent as fast as they are answered. */
  readonly inFlight: number;
  /** Orders a second over all lanes, whether or not earlier ones are answered; 0: the next as soon as one is answered. */
  readonly perSecond: number;
  readonly runs: number;
  readonly seconds: number;
  /** Before the first run. */
  readonly warmUpSeconds?: number;
}

/** What one server did in each run. */
export interface LoadResult {
  readonly target: "peer" | "platform";
  readonly runs: readonly LoadRun[];
}

export interface LoadRun {
  readonly ordersPerSecond: number;
  /** Where `perSecond` was given, ms. */
  readonly p50: number;
  readonly p99: number;
  /** CPU time of the server's main thread for one order, microseconds. */
  readonly cpuPerOrderUs: number;
  /** How much of one core the load itself took, 0 to 1 (and more). */
  readonly loadCpu: number;
}
