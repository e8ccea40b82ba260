/** What one client may take of a gateway's streams: Binance's limits (WebSocket Streams, "WebSocket Limits"). */
export interface StreamLimits {
  /** Messages, pings and pongs of one connection, sustained, and how many it may save up. Who sends more is disconnected. */
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  /** The longest message that a client may send, bytes. */
  readonly messageBytesMax: number;
  readonly streamsMax: number;
  readonly connectionsPerAddressMax: number;
  /** A client with more than this waiting to be sent is disconnected, bytes. */
  readonly sendBufferBytesMax: number;
  /** A ping each so often, and the end of a connection that answered none for so long, ms. */
  readonly pingMs: number;
  readonly silenceMs: number;
  /** Of a connection, ms. */
  readonly lifeMs: number;
}

export const STREAM_LIMITS: StreamLimits = {
  messagesPerSecond: 5,
  messageBurst: 10,
  messageBytesMax: 64 * 1024,
  streamsMax: 1024,
  connectionsPerAddressMax: 300,
  sendBufferBytesMax: 4 * 1024 * 1024,
  pingMs: 20_000,
  silenceMs: 60_000,
  lifeMs: 24 * 60 * 60_000,
};

/** Of the WebSocket API, whose requests are orders: as over Socket.IO. */
export const WS_API_LIMITS: StreamLimits = { ...STREAM_LIMITS, messagesPerSecond: 50, messageBurst: 200 };

/** For the embedded platform, where all clients share one address. */
export const GENEROUS_STREAM_LIMITS = { connectionsPerAddressMax: 10_000 } as const;
export const GENEROUS_WS_API_LIMITS = {
  ...GENEROUS_STREAM_LIMITS,
  messagesPerSecond: 20_000,
  messageBurst: 40_000,
} as const;
