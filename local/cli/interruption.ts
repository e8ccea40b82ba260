/** Aborted by the first Ctrl-C, or SIGTERM, for a program that has to put something right before it ends. Whoever asks twice does not want to wait. */
export function interruption(say: (text: string) => void): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(1);
      say("stopping; what is hurt is healed … ");
      controller.abort();
    });
  return controller.signal;
}
