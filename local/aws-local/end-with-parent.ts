/** Loaded ahead of a server's own program: its input is a pipe from the process that started it, and ends when that process is gone. */
process.stdin.on("end", () => process.exit(0)).resume();
process.stdin.on("error", () => process.exit(0));

export {};
