/** One client's way of placing orders: `send` resolves when the order's status has come back. Rejects for whatever was refused. */
export interface Lane {
  send(): Promise<void>;
  close(): void;
}
