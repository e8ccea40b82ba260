import { startFauxqs } from "fauxqs";

// The program of the queue server: its port is its one argument. Its log of every request would cost more than the requests.
await startFauxqs({ port: Number(process.argv[2]), logger: false });
