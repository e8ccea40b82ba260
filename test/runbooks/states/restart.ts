import { becomes } from "#test/support/becomes-true.ts";
import type { Stage } from "../stage.ts";

/** Kills processes, and waits until others are there in their place. One that is not there just now begins anew anyway. */
export async function restart({ experiment: { control } }: Stage, names: readonly string[]): Promise<void> {
  const before = new Map((await control.status()).processes.map(({ name, pid }) => [name, pid]));
  await Promise.all(
    names.map((name) =>
      control.signal(name, "SIGKILL").catch((error: Error) => {
        if (!/no process/.test(error.message)) throw error;
      }),
    ),
  );
  await becomes(
    `${names.join(", ")} are back`,
    async () => (await control.status()).processes,
    (processes) =>
      processes.every(
        ({ name, isReady, pid }) => isReady && (!names.includes(name) || pid !== before.get(name)),
      ),
  );
}
