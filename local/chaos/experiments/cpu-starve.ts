import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import type { Experiment } from "../experiment.ts";

/** Four that want all of it for each processor that there is. */
const PER_PROCESSOR = 4;

/** Everything on this machine gets a fraction of the processor. */
export function cpuStarve(): Experiment {
  const burners: ChildProcess[] = [];
  return {
    name: "cpu-starve",
    what: `${PER_PROCESSOR} busy processes for each processor of the machine take the time of all others`,
    notHere: () => undefined,
    hurt: async () => {
      for (let left = PER_PROCESSOR * availableParallelism(); left > 0; left--)
        burners.push(
          spawn(
            process.execPath,
            [
              "-e",
              "process.once('disconnect',()=>process.exit());const burn=()=>{const end=Date.now()+50;while(Date.now()<end);setImmediate(burn)};burn()",
            ],
            { stdio: ["ignore", "ignore", "ignore", "ipc"] },
          ),
        );
    },
    heal: async () => {
      for (const burner of burners.splice(0)) {
        burner.kill("SIGKILL");
        if (burner.exitCode === null && burner.signalCode === null) await once(burner, "exit");
      }
    },
  };
}
