/** Where the sockets report what an operator should see: events with fields (a pino logger is one). */
export interface SocketLog {
  info(fields: object, event: string): void;
  error(fields: object, event: string): void;
}

export const SILENT_LOG: SocketLog = { info: () => {}, error: () => {} };
