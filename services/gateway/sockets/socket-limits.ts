/** What one client may take of a gateway's sockets. */
export interface SocketLimits {
  /** The longest message that a client may send, bytes. */
  readonly messageBytesMax: number;
  /** Messages a second of one socket, sustained, and how many it may save up for a burst. */
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  readonly connectionsPerAddressMax: number;
  readonly connectionsPerAccountMax: number;
  /** A client with more than this waiting to be sent is disconnected; it comes back and resyncs. Bytes. */
  readonly sendBufferBytesMax: number;
  /** How often sessions and keys of connected sockets are checked again, ms: sign-out and deleted keys end their sockets. */
  readonly recheckMs: number;
}

export const DEFAULT_SOCKET_LIMITS: SocketLimits = {
  messageBytesMax: 16_384,
  messagesPerSecond: 50,
  messageBurst: 200,
  connectionsPerAddressMax: 200,
  connectionsPerAccountMax: 50,
  sendBufferBytesMax: 4 * 1024 * 1024,
  recheckMs: 30_000,
};

/** For the embedded platform and load tests, where all clients share one address. */
export const GENEROUS_SOCKET_LIMITS: SocketLimits = {
  ...DEFAULT_SOCKET_LIMITS,
  messagesPerSecond: 20_000,
  messageBurst: 40_000,
  connectionsPerAddressMax: 10_000,
  connectionsPerAccountMax: 1_000,
  sendBufferBytesMax: 16 * 1024 * 1024,
};
