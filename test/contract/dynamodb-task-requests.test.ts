import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import express from "express";
import { beforeEach, describe, it } from "mocha";
import { Platform, type PlatformRefused } from "#runbooks/ops/platform.ts";
import type { GatewayShard } from "#services/gateway/exchange/gateway-shard.ts";
import { deployedPlatform } from "#services/gateway/operators/deployed-platform.ts";
import { openDesk } from "#services/gateway/operators/open-desk.ts";
import { operatorRoutes } from "#services/gateway/operators/operator-routes.ts";
import { createErrorHandler } from "#services/gateway/rest/error-handler.ts";
import type { Dynamo } from "#shared/adapters/aws/dynamodb/dynamo.ts";
import { openDynamoAuditTrail } from "#shared/adapters/aws/dynamodb/dynamo-audit-trail.ts";
import { openDynamoTaskRequests } from "#shared/adapters/aws/dynamodb/dynamo-task-requests.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { BranchId, RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { TaskHandlers, TaskRequests } from "#shared/ports/task-requests.ts";
import { ERRORS } from "#shared/protocol/errors.ts";
import { SILENT_LOG } from "#shared/telemetry/log.ts";
import { eventually } from "#test/support/eventually.ts";
import { SEED } from "#test/support/seed.ts";
import { seededRandom } from "#test/support/seeded-random.ts";
import { dynamoAt, makeDynamoPlace } from "./dynamodb-adapters.ts";
import { isDynamoDbHere } from "./support/dynamodb-here.ts";
import { ownDynamoDb } from "./support/own-dynamodb.ts";

const [ONE, TWO] = ["crypto-1", "crypto-2"] as ShardId[] as [ShardId, ShardId];
const [THERE, ELSEWHERE] = ["eu-west-1", "ap-northeast-1"] as RegionId[] as [RegionId, RegionId];
const LONG_MS = 20_000;
const SHORT_MS = 400;
const random = seededRandom(SEED);
const fail = (error: unknown) => {
  throw error;
};

if (isDynamoDbHere())
  describe("what a gateway asks of the tasks that have the fold and the tables", () => {
    const own = ownDynamoDb();
    let dynamo: Dynamo;

    beforeEach(async () => {
      dynamo = dynamoAt(await makeDynamoPlace(own.url));
      own.onEnd(() => dynamo.close());
    });

    const open = (onTrouble: (error: unknown) => void = fail) =>
      openDynamoTaskRequests({ dynamo, clock: systemClock(), random, onTrouble });
    const serve = async (shard: ShardId, handlers: TaskHandlers, onTrouble?: (error: unknown) => void) => {
      const serving = await open(onTrouble).serve([shard], handlers);
      own.onEnd(() => serving.cancel());
      return serving;
    };
    const at = (seq: number) => ({ branch: "us-east-1.1" as BranchId, seq: seq as Seq, digest: `${seq}` });

    it("is done once, by whoever publishes the shard, and answered with what became of it", async () => {
      const done: string[] = [];
      for (const shard of [ONE, TWO])
        await serve(shard, {
          promote: async (asked, { to }) => {
            done.push(`${asked} to ${to}`);
            return { outcome: "done", answer: to === THERE ? "done" : "refused" };
          },
        });
      expect(await open().ask("promote", ONE, { to: THERE }, LONG_MS)).to.include({ answer: "done" });
      expect(await open().ask("promote", TWO, { to: ELSEWHERE }, LONG_MS)).to.include({ answer: "refused" });
      expect(done).to.deep.equal(["crypto-1 to eu-west-1", "crypto-2 to ap-northeast-1"]);
    });

    it("is refused with what it waits for, and as an error of the task where that met one", async () => {
      const troubles: unknown[] = [];
      await serve(
        ONE,
        {
          takeSnapshot: async () => ({ outcome: "refused", why: "no zone gives its state" }),
          digestAt: () => Promise.reject(new Error("broken")),
        },
        (error) => troubles.push(error),
      );
      expect(await open().ask("takeSnapshot", ONE, {}, LONG_MS)).to.deep.equal({
        outcome: "refused",
        why: "no zone gives its state",
      });
      expect(await open().ask("digestAt", ONE, { seq: 1 as Seq }, LONG_MS)).to.deep.equal({
        outcome: "refused",
        why: "the task that does it met an error, which its log has",
      });
      expect(troubles).to.have.length(1);
    });

    it("is not done later where nobody did it while it was waited for", async () => {
      expect(await open().ask("promote", ONE, { to: THERE }, SHORT_MS)).to.deep.equal({
        outcome: "unanswered",
      });
      const done: RegionId[] = [];
      await serve(ONE, {
        promote: async (_shard, { to }) => {
          done.push(to);
          return { outcome: "done", answer: "done" };
        },
      });
      await open().ask("promote", ONE, { to: ELSEWHERE }, LONG_MS);
      expect(done).to.deep.equal([ELSEWHERE]);
    });

    it("goes on where it takes longer than somebody waits, is begun once, and is answered to who asks again", async () => {
      let begun = 0;
      let end = () => {};
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      await serve(ONE, {
        digestAt: async (_shard, { seq }) => {
          begun++;
          await ended;
          return { outcome: "done", answer: at(seq) };
        },
        digests: async () => ({ outcome: "done", answer: { live: [at(256)] } }),
      });
      const ask = (seq: number, withinMs: number) =>
        open().ask("digestAt", ONE, { seq: seq as Seq }, withinMs);
      let reply = await ask(7, 2500);
      while (reply.outcome === "unanswered") reply = await ask(7, 2500);
      expect(reply).to.deep.equal({ outcome: "under-way" });
      // Other kinds do not wait for it.
      expect(await open().ask("digests", ONE, {}, LONG_MS)).to.deep.include({ answer: { live: [at(256)] } });
      expect(await ask(7, SHORT_MS)).to.deep.equal({ outcome: "under-way" });
      const again = ask(7, LONG_MS);
      end();
      expect(await again).to.deep.equal({ outcome: "done", answer: at(7) });
      expect(begun).to.equal(1);
      // Heard once, it is old: who asks now is told how things are now.
      await ask(7, LONG_MS);
      expect(begun).to.equal(2);
    });

    it("is ended without an answer by the task that comes after the one that was at it", async () => {
      let begun = 0;
      const first = await serve(ONE, {
        digestAt: () => {
          begun++;
          return new Promise(() => {});
        },
      });
      const asked = open().ask("digestAt", ONE, { seq: 9 as Seq }, LONG_MS);
      await eventually(() => begun === 1);
      first.cancel();
      await serve(ONE, { digestAt: async (_shard, { seq }) => ({ outcome: "done", answer: at(seq) }) });
      expect(await asked).to.deep.equal({ outcome: "unanswered" });
      expect(await open().ask("digestAt", ONE, { seq: 9 as Seq }, LONG_MS)).to.deep.include({
        answer: at(9),
      });
    });

    it("is told to operators with codes: nobody is there, somebody is at it; and their command line waits and asks again", async () => {
      let end = () => {};
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      const requests = open();
      const impatient: Pick<TaskRequests, "ask"> = {
        ask: (kind, shard, asked) => requests.ask(kind, shard, asked, 2500),
      };
      const nothing = () => Promise.reject(new Error("not asked for here"));
      const sources = { snapshots: nothing, outboxes: nothing, checkLedger: nothing };
      const bus = { backlog: nothing, redrive: nothing };
      const view = { shard: ONE } as unknown as GatewayShard["view"];
      const desk = openDesk([{ name: "ada", token: "of-ada" }], {
        trail: openDynamoAuditTrail({ dynamo }),
        clock: systemClock(),
        random,
      });
      assert(desk !== undefined, "there is an operator");
      const platform = deployedPlatform({
        ...sources,
        ...{ shards: [{ view } as unknown as GatewayShard], queues: [], bus, tasks: impatient },
        clock: systemClock(),
      });
      const app = express()
        .use("/meridian/v1", operatorRoutes(desk, platform))
        .use(createErrorHandler(SILENT_LOG));
      const http = app.listen(0, "127.0.0.1");
      own.onEnd(() => http.close());
      await once(http, "listening");
      const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
      const path = `/meridian/v1/operator/shards/${ONE}/replay`;
      const patient = new Platform(url, "of-ada");
      const refusal = (of: Promise<unknown>) =>
        of.then(
          () => 0,
          ({ code }: PlatformRefused) => code,
        );
      expect(await refusal(patient.post(path, {}))).to.equal(ERRORS.CANNOT_NOW.code);
      const result = { branch: "us-east-1.1" as BranchId, from: 0, seq: 5 as Seq, kept: "0".repeat(16) };
      let begun = 0;
      await serve(ONE, {
        replay: async () => {
          begun++;
          await ended;
          return { outcome: "done", answer: { ...result, replayed: result.kept, agrees: true } };
        },
      });
      const waiting = patient.post(path, {});
      await eventually(() => begun === 1);
      const answer = await fetch(`${url}${path}`, {
        method: "POST",
        headers: { Authorization: "Bearer of-ada" },
      });
      expect(answer.status).to.equal(503);
      expect(answer.headers.get("Retry-After")).to.equal("5");
      expect(await answer.json()).to.deep.equal({
        code: ERRORS.UNDER_WAY.code,
        msg: "This is still being done: the task of matching that publishes the shard is at it.",
      });
      end();
      expect(await waiting).to.include({ agrees: true });
      expect(begun).to.equal(1);
    });
  });
