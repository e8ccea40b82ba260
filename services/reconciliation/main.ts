import express from "express";
import { createHealthRouter } from "#services/gateway/identity/health-router.ts";
import { ToldStates } from "#services/gateway/regions/told-states.ts";
import { ShardTurns } from "#services/projector/shard-turns.ts";
import { runTask } from "#services/task/run-task.ts";
import { openDynamoJournal } from "#shared/adapters/aws/dynamodb/dynamo-journal.ts";
import { openDynamoLeaseTable } from "#shared/adapters/aws/dynamodb/dynamo-lease-table.ts";
import { openDynamoProjections } from "#shared/adapters/aws/dynamodb/dynamo-projections.ts";
import { openDynamoReconciliationStore } from "#shared/adapters/aws/dynamodb/dynamo-reconciliation-store.ts";
import { openDynamoTaskRequests } from "#shared/adapters/aws/dynamodb/dynamo-task-requests.ts";
import { createAwsEventBus } from "#shared/adapters/aws/event-bus/aws-event-bus.ts";
import { consumerAddressesOf } from "#shared/adapters/aws/event-bus/bus-addresses-of.ts";
import { queueClients } from "#shared/adapters/aws/event-bus/queue-clients.ts";
import { deployedPlace, prefixOf } from "#shared/adapters/aws/region/aws-place.ts";
import { Closers } from "#shared/adapters/aws/region/closers.ts";
import { openDynamo } from "#shared/adapters/aws/region/open-dynamo.ts";
import { openReadShards } from "#shared/adapters/aws/region/open-read-shards.ts";
import { putIndexTemplate } from "#shared/adapters/aws/search/put-index-template.ts";
import { openAwsStateBoard } from "#shared/adapters/aws/states/aws-state-board.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import { defaultDefinitions } from "#shared/config/definitions.ts";
import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import { isInHistory } from "#shared/read-model/history.ts";
import { logIndexTemplate } from "#shared/telemetry/log-template.ts";
import { serveRebuilds } from "./serve-rebuilds.ts";
import { startRecorders } from "./start-recorders.ts";
import { untilDone } from "./until-done.ts";

const clock = systemClock();
const random = systemRandom();

/** Writes down in a Region what became of each fork and who is owed what, from its journal and tables, and makes tables anew when operators ask for it. Its queue tells when there is something to read; what it does it would do without. */
await runTask("reconciliation", clock, async ({ config, log, listen, fail }) => {
  const place = deployedPlace(config, process.env);
  const { region: self } = place;
  const prefix = prefixOf(place);
  const definitions = defaultDefinitions();
  const shards = definitions.shards.map(({ id }) => id);
  const closers = new Closers();
  const onTrouble = (error: unknown) => log.warn({ err: error }, "store-trouble");
  let isReady = false;
  const health = createHealthRouter({
    isReady: () => ({ ready: isReady, reasons: isReady ? [] : ["starting"] }),
  });
  const server = await listen(express().disable("x-powered-by").use(health));
  closers.add(() => server.close());
  const host = config.MERIDIAN_SEARCH_HOST;
  if (host !== "") {
    // The log routers beside all tasks write there; this one is alone in its Region, and starts with each version.
    const put = async () => {
      await putIndexTemplate({ region: self, host, template: logIndexTemplate(), clock });
      log.info({}, "index-template-put");
    };
    const onFailure = (error: unknown) => log.warn({ err: error }, "index-template-not-put");
    const putting = untilDone(put, { clock, onFailure });
    closers.add(() => putting.stop());
  }
  return closers.orClosed(async () => {
    const dynamo = await closers.opened(openDynamo(place, clock));
    const board = await closers.opened(openAwsStateBoard({ prefix, dynamo, clock, onTrouble }));
    const states = new ToldStates({
      self,
      regions: config.MERIDIAN_REGIONS as RegionId[],
      shards,
      board,
      clock,
    });
    closers.add(() => states.stop());
    const read = await closers.opened(openReadShards({ place, dynamo, shards, clock }));
    await states.known();
    const store = await closers.opened(openDynamoReconciliationStore({ dynamo, shards }));
    const recorders = startRecorders({
      shards: read.shards.map(({ shard, journal, projections }) => ({
        shard,
        journal,
        projections,
        isFinal: (branch, seq) =>
          states.finality(shard).finalSeq >= seq && isInHistory(journal.branches(), { branch, seq }),
        lineage: () => states.of(shard)?.lineage ?? [],
      })),
      store,
      clock,
      onChange: ({ fork, shard, state }) => log.info({ fork, shard, outcome: state }, "fork-recorded"),
      onFailure: fail,
    });
    closers.add(() => recorders.stop());
    const { sns, sqs } = queueClients({
      region: self,
      ...(place.endpoints?.queues === undefined ? {} : { local: { url: place.endpoints.queues } }),
    });
    closers.add(() => sns.destroy());
    closers.add(() => sqs.destroy());
    const addresses = await consumerAddressesOf(sqs, { ...place, prefix }, "reconciliation");
    const bus = await closers.opened(createAwsEventBus({ sns, sqs, addresses, clock, onFailure: fail }));
    const journals = new Map<ShardId, () => void>(
      read.shards.map(({ shard, lookAtJournal }) => [shard, lookAtJournal]),
    );
    bus.consume("reconciliation", async (batch) => {
      for (const { message } of batch) journals.get(message.shard)?.();
      return { failed: [] };
    });
    const turns = new ShardTurns({ leases: openDynamoLeaseTable({ dynamo }), clock, random });
    const rebuilds = await serveRebuilds({
      requests: openDynamoTaskRequests({ dynamo, clock, random, onTrouble }),
      shards: definitions.shards,
      sourcesOf: (shard) => ({
        turns,
        open: async () => ({
          journal: await openDynamoJournal({ dynamo, region: self, shard }),
          projections: await openDynamoProjections({ dynamo, shards: [shard] }),
        }),
        clock,
      }),
      log,
    });
    closers.add(() => rebuilds.cancel());
    isReady = true;
    return { stop: () => closers.close() };
  });
});
