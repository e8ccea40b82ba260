/** A program that runs until it is stopped. */
export interface Running {
  readonly url: string;
  /** Lines to say below it. */
  readonly notes?: readonly string[];
  stop(): Promise<void>;
}

/**
 * Starts something and stops it when Ctrl-C or SIGTERM asks for it, also in the middle of its start: `start` may then give up and be undefined. Resolves when everything is
 * closed.
 */
export async function runUntilStopped(
  said: string,
  start: (signal: AbortSignal) => Promise<Running | undefined>,
): Promise<void> {
  const stopping = new AbortController();
  const asked = new Promise<void>((resolve) => {
    stopping.signal.addEventListener("abort", () => {
      process.stdout.write("Stopping …\n");
      resolve();
    });
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stopping.abort());
  const running = await start(stopping.signal);
  if (running !== undefined && !stopping.signal.aborted)
    process.stdout.write([`${said}: ${running.url}`, ...(running.notes ?? []), ""].join("\n"));
  await asked;
  await running?.stop();
  process.stdout.write("Stopped.\n");
}
