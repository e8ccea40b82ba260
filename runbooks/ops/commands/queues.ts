import { CommandLineError } from "#local/cli/fatal.ts";
import { table } from "#local/cli/table.ts";
import type { OpsCommand } from "../command.ts";
import type { Door, Platform, QueuesAnswer, RedriveAnswer } from "../platform.ts";

/** As many as one request may bring back. */
const REDRIVE_DEFAULT = 1000;
/** A queue that nobody empties for so long is stuck. */
const STUCK_MS = 5 * 60_000;

/** What waits, everywhere. */
export const QUEUES: OpsCommand = {
  usage: "queues",
  what: "what waits in each Region: queues of the event bus, dead letters, outbox, journal; how many and how old",
  examples: ["queues", "queues --region eu-west-1 --json"],
  arity: 0,
  isDangerous: false,
  run: async (platform, { region }) => {
    const regions = await queuesOf(platform, region);
    const isBad = regions.some(({ queues, shards }) => {
      const isStuck = queues.some(({ oldestMs, dead }) => dead > 0 || (oldestMs ?? 0) >= STUCK_MS);
      return isStuck || shards.some(({ outbox }) => outbox > 0);
    });
    const rows = regions.flatMap(({ region: name, queues, shards }) => [
      ...queues.flatMap(({ queue, waiting, inFlight, oldestMs, dead, oldestDeadMs }) => [
        [name, queue, String(waiting + inFlight), age(oldestMs)],
        [name, `${queue} dead letters`, String(dead), age(oldestDeadMs)],
      ]),
      ...shards.flatMap(({ shard, outbox, outboxOldestMs, journal, journalOldestMs }) => [
        [name, `outbox ${shard}`, String(outbox), age(outboxOldestMs)],
        [name, `journal ${shard}`, String(journal), age(journalOldestMs)],
      ]),
    ]);
    const verdict = isBad ? "Something waits that should not." : "Nothing waits that should not.";
    const text = `${table(["region", "queue", "messages", "oldest"], rows)}\n\n${verdict}`;
    return { json: { regions, ok: !isBad }, text, isBad };
  },
};

/** Dead letters back to their queue. */
export const REDRIVE: OpsCommand = {
  usage: "redrive QUEUE",
  what: `brings dead letters back to their queue, the oldest first: at most --limit (${REDRIVE_DEFAULT}) in each Region that has some`,
  examples: ["redrive ledger --dry-run", "redrive ledger --limit 1 --region us-east-1", "redrive ledger"],
  arity: 1,
  isDangerous: true,
  run: async (platform, { args: [queue = ""], isDryRun, region, limit = REDRIVE_DEFAULT }) => {
    const known = await queuesOf(platform, region);
    const names = [...new Set(known.flatMap(({ queues }) => queues.map((one) => one.queue)))];
    if (!names.includes(queue))
      throw new CommandLineError(`there is no queue ${queue}; there are ${names.join(", ")}.`);
    const moves: { readonly region: string; readonly moved: number }[] = [];
    for (const { queues, ...door } of known) {
      const dead = queues.find((one) => one.queue === queue)?.dead ?? 0;
      if (dead === 0) continue;
      const moved = isDryRun ? Math.min(dead, limit) : await redrive(platform, door, queue, limit);
      moves.push({ region: door.region, moved });
    }
    const what = isDryRun ? "would be brought back" : "brought back";
    const text =
      moves.length === 0
        ? `${queue} has no dead letters.`
        : table(
            ["region", "queue", "messages", ""],
            moves.map((move) => [move.region, queue, String(move.moved), what]),
          );
    return { json: { queue, moves, done: !isDryRun }, text };
  },
};

async function queuesOf(platform: Platform, region: string | undefined): Promise<(Door & QueuesAnswer)[]> {
  const doors = await platform.doors(region);
  return Promise.all(
    doors.map(async (door) => ({
      ...door,
      ...(await platform.look<QueuesAnswer>("/meridian/v1/operator/queues", door.place)),
    })),
  );
}

async function redrive(platform: Platform, { place }: Door, queue: string, limit: number): Promise<number> {
  const path = `/meridian/v1/operator/queues/${queue}/redrive`;
  return (await platform.post<RedriveAnswer>(path, { limit }, place)).moved;
}

function age(ms: number | null): string {
  return ms === null ? "-" : `${(ms / 1000).toFixed(1)} s`;
}
