/** Loaded into each process of a platform under test, ahead of its program: at SIGUSR2 its monotonic clock stands from then on. Its timers go on, and the time of day does. */
process.on("SIGUSR2", () => {
  const now = performance.now();
  performance.now = () => now;
});
