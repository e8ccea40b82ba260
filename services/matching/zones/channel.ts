/** A way to a process: messages arrive whole, in order and once, until it closes. */
export interface Channel<Out> {
  /** Nothing happens where it is closed. */
  send(message: Out): void;
  close(): void;
}

export interface ChannelHandlers<In> {
  readonly onMessage: (message: In) => void;
  /** Once, however it closes; nothing arrives after it. */
  readonly onClose: () => void;
}

/** Opens one end; handlers are called in later turns only. */
export type OpenChannel<Out, In> = (handlers: ChannelHandlers<In>) => Channel<Out>;
