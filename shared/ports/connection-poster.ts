/** Sends text to connections of the serverless door. */
export interface ConnectionPoster {
  /** Never throws. `gone`: it was closed, and never comes back. `failed`: try again. */
  post(connectionId: string, text: string): Promise<"sent" | "gone" | "failed">;
}
