import { expect } from "chai";
import { after, afterEach, before, describe, it } from "mocha";
import { mapQueue, queueEvent } from "#local/aws-local/map-queue.ts";
import type { RunningServer } from "#local/aws-local/run-server.ts";
import { startDynamoDb } from "#local/aws-local/start-dynamodb.ts";
import { type LocalKms, startKms } from "#local/aws-local/start-kms.ts";
import { type LocalSes, startSes } from "#local/aws-local/start-ses.ts";
import { RETRY_DELAYS_MS } from "#services/notifier/notice-sender.ts";
import { NOTICE_KINDS } from "#services/notifier/notices-of.ts";
import { sealedNotices } from "#services/notifier/sealed-notices.ts";
import { createTables } from "#shared/adapters/aws/dynamodb/create-tables.ts";
import { Dynamo } from "#shared/adapters/aws/dynamodb/dynamo.ts";
import { openDynamoNoticeStore } from "#shared/adapters/aws/dynamodb/dynamo-notice-store.ts";
import { createKmsSealer } from "#shared/adapters/aws/kms/kms-sealer.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import { environmentPrefix } from "#shared/config/aws/names.ts";
import type { AccountId } from "#shared/domain/ids.ts";
import type { NoticeStore } from "#shared/ports/notice-store.ts";
import { isDynamoDbHere } from "#test/contract/support/dynamodb-here.ts";
import { depositMessage, tradeMessage } from "#test/contract/support/sample-messages.ts";
import { eventually } from "#test/support/eventually.ts";
import { ENVIRONMENT, functionOf, isIdle, type LocalBuses, REGION, startBuses } from "./local-world.ts";

const KEY = "arn:aws:kms:us-east-1:111122223333:key/mrk-local";

if (isDynamoDbHere())
  describe("the notifier's function, as it is deployed", function () {
    this.timeout(120_000);
    const bundle = functionOf("notifier");
    const closers: (() => unknown)[] = [];
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    let server: RunningServer;
    let buses: LocalBuses;
    let kms: LocalKms;
    let ses: LocalSes;
    let dynamo: Dynamo;
    let plain: NoticeStore;
    let store: NoticeStore;

    before(async () => {
      [server, buses, kms, ses] = await Promise.all([
        startDynamoDb({ clock: systemClock() }),
        startBuses(),
        startKms(undefined, KEY),
        startSes("meridian.example"),
      ]);
      dynamo = new Dynamo({
        ...{ region: REGION, endpoint: server.url, credentials, clock: systemClock() },
        prefix: environmentPrefix(ENVIRONMENT),
      });
      await createTables(dynamo, ["notices", "connections"]);
      plain = openDynamoNoticeStore({ dynamo });
      const random = systemRandom();
      store = sealedNotices(
        plain,
        createKmsSealer({ region: REGION, endpoint: kms.url, credentials, keyId: KEY, random }),
      );
    });
    afterEach(async () => {
      for (const close of closers.splice(0).reverse()) await close();
      await bundle.killAll();
    });
    after(async () => {
      dynamo?.close();
      await Promise.all([server?.stop(), buses?.stop(), kms?.close(), ses?.close()]);
      bundle.remove();
    });

    const start = () =>
      bundle.start({
        MERIDIAN_SEALING_KEY: KEY,
        MERIDIAN_MAIL_FROM: "no-reply@meridian.example",
        MERIDIAN_PUBLIC_URL: "https://api-us-east-1.meridian.example",
        MERIDIAN_DOOR_ENDPOINT: "http://127.0.0.1:1/live",
        AWS_ENDPOINT_URL_DYNAMODB: server.url,
        AWS_ENDPOINT_URL_KMS: kms.url,
        AWS_ENDPOINT_URL_SESV2: ses.url,
      });
    const subscribe = (id: string, account: number, target: string) =>
      store.subscribe({
        ...{ id, account: account as AccountId, channel: "webhook", target, secret: "a secret" },
        kinds: NOTICE_KINDS,
      });
    const dueOf = async (id: string, now: number) =>
      (await plain.due(now, 99, 0)).find(({ subscription }) => subscription === id);

    it("writes down each event once for whoever subscribed, also where a function was killed between effect and delete", async () => {
      await subscribe("one", 11, "https://example.com/hook");
      const { bus, queueOf } = await buses.open(5);
      await bus.publish([depositMessage(1, 11), depositMessage(2, 11)]);
      const killed = await start();
      const batch = await queueOf("notifier").receive(5, new AbortController().signal);
      await killed.call(queueEvent(batch));
      await killed.kill();
      const mapping = mapQueue({ queue: queueOf("notifier"), target: await start(), waitSeconds: 1 });
      closers.push(() => mapping.stop());
      await eventually(() => isIdle(bus, "notifier"));
      const names: string[] = [];
      for (;;) {
        const notice = await dueOf("one", Number.MAX_SAFE_INTEGER);
        if (notice === undefined) break;
        names.push(notice.name);
        await plain.settle(notice, "told", 1);
      }
      expect(names).to.deep.equal([depositMessage(1).name, depositMessage(2).name]);
    });

    it("sends when the table's stream or the schedule calls it, signed with a secret that is sealed at rest, and tries again later what was not taken", async () => {
      // Nobody is at that name, which looks like a public address.
      await subscribe("two", 12, "https://meridian.invalid/hook");
      await store.add([{ subscription: "two", name: tradeMessage(1).name, body: "{}" }], 1);
      const sealed = await dueOf("two", Number.MAX_SAFE_INTEGER);
      expect(sealed?.to.secret).to.match(/^sealed:/);
      const began = systemClock().now();
      await (await start()).call({ source: "aws.events" });
      const tried = await dueOf("two", Number.MAX_SAFE_INTEGER);
      expect(tried?.attempts).to.equal(1);
      expect(await dueOf("two", began + RETRY_DELAYS_MS[0] - 1), "not before its time").to.equal(undefined);
    });

    it("mails by SES, from the environment's own address, with a link that ends it; and tries again what SES did not take", async () => {
      await store.subscribe({
        ...{ id: "three", account: 13 as AccountId, channel: "mail", target: "ada@example.com", secret: "" },
        kinds: NOTICE_KINDS,
      });
      const event = { kind: "Deposited", account: 13, asset: "USDT", amount: 2_500_000 };
      const { name } = tradeMessage(1);
      const content = { id: name, kind: "funds", account: 13, time: 0, final: true, event };
      await store.add([{ subscription: "three", name, body: JSON.stringify(content) }], 1);
      ses.fail({ status: 503, code: "ServiceUnavailable" }, { status: 503, code: "ServiceUnavailable" });
      const running = await start();
      await running.call({ source: "aws.events" });
      expect((await dueOf("three", Number.MAX_SAFE_INTEGER))?.attempts).to.equal(1);
      await eventually(async () => {
        await running.call({ source: "aws.events" });
        return ses.sent.length > 0;
      });
      const [mail] = ses.sent;
      expect(mail).to.deep.include({ from: "no-reply@meridian.example", to: ["ada@example.com"] });
      expect(mail?.subject).to.equal("Meridian: 2.50000000 USDT credited");
      expect(mail?.headers["List-Unsubscribe"]).to.match(
        /^<https:\/\/api-us-east-1.meridian.example\/meridian\/v1\/mails\/unsubscribe\?token=/,
      );
      expect(await dueOf("three", Number.MAX_SAFE_INTEGER)).to.equal(undefined);
    });

    it("puts aside what is no message of the bus, and takes it back by redrive", async () => {
      const { bus, queueOf } = await buses.open(2);
      const mapping = mapQueue({ queue: queueOf("notifier"), target: await start(), waitSeconds: 1 });
      closers.push(() => mapping.stop());
      const poison = { ...depositMessage(7, 13), time: 0.5 };
      for (const message of [poison, depositMessage(8, 13)]) await bus.publish([message]);
      await eventually(
        async () => (await bus.backlog("notifier")).dead === 1 && (await isIdle(bus, "notifier")),
      );
      expect(await bus.redrive("notifier")).to.equal(1);
      await eventually(
        async () => (await bus.backlog("notifier")).dead === 1 && (await isIdle(bus, "notifier")),
      );
    });
  });
