import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import { after, afterEach, describe, it } from "mocha";
import { NoticeSender, RETRY_DELAYS_MS } from "#services/notifier/notice-sender.ts";
import { NOTICE_KINDS } from "#services/notifier/notices-of.ts";
import { notifierHandler } from "#services/notifier/notifier-handler.ts";
import { unsubscribeLinks } from "#services/notifier/unsubscribe-links.ts";
import { signWebhook, verifyWebhook } from "#services/notifier/webhook-signature.ts";
import { openSqliteEventBus } from "#shared/adapters/embedded/bus/sqlite-event-bus.ts";
import { createFolderMailer } from "#shared/adapters/embedded/folder-mailer.ts";
import { openSqliteNoticeStore } from "#shared/adapters/embedded/sqlite-notice-store.ts";
import { createGuardedWebPoster } from "#shared/adapters/real/guarded-web-poster.ts";
import { createLocalSealer } from "#shared/adapters/real/local-sealer.ts";
import { isPublicAddress } from "#shared/adapters/real/public-address.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import { defaultDefinitions, marketsById } from "#shared/config/definitions.ts";
import type { AccountId } from "#shared/domain/ids.ts";
import type { NoticeSubscription } from "#shared/ports/notice-store.ts";
import { canceledMessage, depositMessage, tradeMessage } from "#test/contract/support/sample-messages.ts";
import { eventually } from "#test/support/eventually.ts";
import { temporaryFolders } from "#test/support/folders.ts";
import { manualClock } from "#test/support/manual-clock.ts";

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe("the notifier", () => {
  const folders = temporaryFolders();
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });
  after(() => folders.removeAll());

  /** A receiver of webhooks that answers as the test says. */
  async function receiver(answer: (received: Received, count: number) => number = () => 204) {
    const heard: Received[] = [];
    const server: Server = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      heard.push({ headers: request.headers, body });
      response.writeHead(answer({ headers: request.headers, body }, heard.length)).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closers.push(() => server.close());
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, heard };
  }

  /** A bus, the notifier behind it, and time that the test moves. */
  function stage() {
    const folder = folders.make();
    const clock = manualClock();
    const fail = (error: unknown) => {
      throw error;
    };
    const file = join(folder, "notices.db");
    const store = openSqliteNoticeStore({ file });
    const bus = openSqliteEventBus({
      file: join(folder, "bus.db"),
      clock: systemClock(),
      consumers: ["notifier"],
      onFailure: fail,
    });
    const givenUp: string[] = [];
    const mails = join(folder, "mails");
    const poster = createGuardedWebPoster({ plain: true, isAllowed: () => true });
    const sender = new NoticeSender({
      store,
      poster,
      mail: {
        mailer: createFolderMailer(mails, clock),
        links: unsubscribeLinks(createLocalSealer(new Uint8Array(32), systemRandom()), "http://here"),
        markets: marketsById(defaultDefinitions()),
      },
      clock,
      onGivenUp: ({ name }, reason) => givenUp.push(`${name}: ${reason}`),
      onFailure: fail,
    });
    const subscription = bus.consume(
      "notifier",
      notifierHandler({ store, clock, onAdded: () => sender.wake() }),
    );
    closers.push(
      () => store.close(),
      () => bus.close(),
      () => subscription.cancel(),
      () => sender.stop(),
    );
    return { bus, store, clock, sender, givenUp, mails };
  }

  const subscriptionTo = (target: string, changes: Partial<NoticeSubscription> = {}): NoticeSubscription => ({
    id: "s1",
    account: 1 as AccountId,
    channel: "webhook",
    target,
    secret: "a secret",
    kinds: NOTICE_KINDS,
    ...changes,
  });

  it("tells each account its own side of a trade, signed, and nothing of the other", async () => {
    const { url, heard } = await receiver();
    const { bus, store, clock } = stage();
    await store.subscribe(subscriptionTo(url));
    await bus.publish([tradeMessage(1)]);
    await eventually(() => heard.length === 1);
    const [{ headers, body } = { headers: {}, body: "" }] = heard;
    expect(JSON.parse(body)).to.deep.equal({
      id: "crypto-1/us-east-1.1/1/0",
      kind: "match",
      account: 1,
      time: 1_700_000_000_001,
      final: true,
      event: {
        kind: "Trade",
        market: "BTCUSDT",
        tradeId: 1,
        price: 5_000_000,
        quantity: 2,
        quote: 10_000_000,
        orderId: 2,
        side: "SELL",
        isMaker: true,
        fee: 10_000,
        filled: true,
      },
    });
    const signature = String(headers["x-meridian-signature"]);
    const now = Math.floor(clock.now() / 1000);
    expect(verifyWebhook("a secret", body, signature, now)).to.equal(true);
    expect(verifyWebhook("another", body, signature, now)).to.equal(false);
    expect(verifyWebhook("a secret", `${body} `, signature, now)).to.equal(false);
    expect(verifyWebhook("a secret", body, signature, now + 301)).to.equal(false);
    expect(headers["x-meridian-event"]).to.equal("crypto-1/us-east-1.1/1/0");
  });

  it("tells only of the kinds that were asked for, and once however often an event comes", async () => {
    const { url, heard } = await receiver();
    const { bus, store } = stage();
    await store.subscribe(subscriptionTo(url, { kinds: ["order-ended", "funds"] }));
    await bus.publish([tradeMessage(1), canceledMessage(2), depositMessage(3)]);
    await eventually(() => heard.length === 2);
    const added = await store.add([{ subscription: "s1", name: canceledMessage(2).name, body: "{}" }], 0);
    expect(added).to.equal(0);
    expect(heard.map(({ body }) => (JSON.parse(body) as { kind: string }).kind).sort()).to.deep.equal([
      "funds",
      "order-ended",
    ]);
  });

  it("says of what happened in a fork that it is not final", async () => {
    const { url, heard } = await receiver();
    const { bus, store } = stage();
    await store.subscribe(subscriptionTo(url));
    await bus.publish([{ ...tradeMessage(1), isFinal: false }]);
    await eventually(() => heard.length === 1);
    expect(JSON.parse(heard[0]?.body ?? "{}")).to.include({ final: false });
  });

  it("tries again with growing pauses while a receiver fails, keeps its order, and holds up nobody else", async () => {
    let isWell = false;
    const ill = await receiver(() => (isWell ? 200 : 503));
    const well = await receiver();
    const { bus, store, clock, sender } = stage();
    await store.subscribe(subscriptionTo(ill.url));
    await store.subscribe(subscriptionTo(well.url, { id: "s2", account: 2 as AccountId }));
    await bus.publish([tradeMessage(1), tradeMessage(2)]);
    await eventually(() => well.heard.length === 2 && ill.heard.length === 1);
    /** The try before is written down, so the pause after it has begun. */
    const due = async (now: number) =>
      (await store.due(now, 9, 0)).filter(({ subscription }) => subscription === "s1");
    const tried = (attempts: number) =>
      eventually(async () => (await due(Number.MAX_SAFE_INTEGER))[0]?.attempts === attempts);
    await tried(1);
    clock.advance(RETRY_DELAYS_MS[0] - 1);
    sender.wake();
    expect(await due(clock.now())).to.deep.equal([]);
    clock.advance(1);
    await eventually(() => {
      sender.wake();
      return ill.heard.length === 2;
    });
    await tried(2);
    isWell = true;
    clock.advance(RETRY_DELAYS_MS[1]);
    await eventually(() => {
      sender.wake();
      return ill.heard.length === 4;
    });
    const seqs = ill.heard.map(({ headers }) => String(headers["x-meridian-event"]).split("/")[2]);
    expect(seqs).to.deep.equal(["1", "1", "1", "2"]);
    expect(ill.heard.map(({ headers }) => headers["x-meridian-attempt"])).to.deep.equal(["1", "2", "3", "1"]);
  });

  it("gives up after its last try, and at once where a receiver says that it will never take it; then goes on", async () => {
    const ill = await receiver(({ headers }) =>
      String(headers["x-meridian-event"]).split("/")[2] === "1" ? 500 : 410,
    );
    const { bus, store, clock, sender, givenUp } = stage();
    await store.subscribe(subscriptionTo(ill.url));
    await bus.publish([tradeMessage(1), tradeMessage(2)]);
    await eventually(() => ill.heard.length === 1);
    await eventually(() => {
      clock.advance(60_000);
      sender.wake();
      return givenUp.length === 2;
    });
    expect(givenUp).to.deep.equal([
      "crypto-1/us-east-1.1/1/0: answered 500",
      "crypto-1/us-east-1.1/2/0: answered 410",
    ]);
    expect(ill.heard).to.have.length(RETRY_DELAYS_MS.length + 2);
  });

  it("mails in words and the asset's units what happened, and how to end it", async () => {
    const { bus, store, mails } = stage();
    await store.subscribe(
      subscriptionTo("ada@example.com\r\nBcc: all@example.com", { channel: "mail", secret: "" }),
    );
    await bus.publish([tradeMessage(1), depositMessage(3), canceledMessage(4)]);
    const texts = () =>
      readdirSync(mails)
        .filter((name) => name.endsWith(".eml"))
        .map((name) => readFileSync(join(mails, name), "utf8"));
    await eventually(() => texts().length === 3);
    const [trade = "", deposit = "", canceled = ""] = texts().sort(
      (a, b) => Number(/\/(\d+)\/0@localhost/.exec(a)?.[1]) - Number(/\/(\d+)\/0@localhost/.exec(b)?.[1]),
    );
    expect(deposit).to.match(
      /^To: ada@example.com Bcc: all@example.com\r\nSubject: Meridian: 1.00000000 USDT credited\r\n/m,
    );
    expect(deposit).to.contain("1.00000000 USDT was credited to your account.");
    expect(trade).to.contain("Subject: Meridian: sold 0.00020000 BTC at 50000.00000000 USDT");
    expect(trade).to.contain("Order 2 in BTCUSDT is filled.");
    expect(canceled).to.contain("Your order 4 in BTCUSDT was canceled.");
    expect(trade).to.match(
      /^List-Unsubscribe: <http:\/\/here\/meridian\/v1\/mails\/unsubscribe\?token=[\w-]+>/m,
    );
  });

  it("tells nobody who is no longer subscribed", async () => {
    const { url, heard } = await receiver();
    const { bus, store } = stage();
    await store.subscribe(subscriptionTo(url));
    expect(await store.unsubscribe(2 as AccountId, "s1")).to.equal(false);
    expect(await store.unsubscribe(1 as AccountId, "s1")).to.equal(true);
    await bus.publish([tradeMessage(1)]);
    await eventually(async () => {
      const { waiting, inFlight } = await bus.backlog("notifier");
      return waiting + inFlight === 0;
    });
    expect(heard).to.deep.equal([]);
  });

  it("keeps no more for a subscription than it may", async () => {
    const store = openSqliteNoticeStore({ file: join(folders.make(), "n.db"), waitingMax: 2 });
    closers.push(() => store.close());
    const notices = [1, 2, 3].map((seq) => ({
      subscription: "s1",
      name: tradeMessage(seq).name,
      body: "{}",
    }));
    expect(await store.add(notices, 0)).to.equal(2);
  });
});

describe("addresses that webhooks may go to", () => {
  it("are public ones: no inner, local or special network, in whatever form it is written", async () => {
    for (const address of ["93.184.215.14", "2606:2800:21f:cb07::1", "1.1.1.1"])
      expect(isPublicAddress(address), address).to.equal(true);
    for (const address of [
      ...[
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
      ],
      ...["0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fd00::1", "fe80::1", "ff02::1"],
      ...[
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:db8::1",
        "x",
      ],
    ])
      expect(isPublicAddress(address), address).to.equal(false);
  });

  it("are looked at where the connection goes, and what the address says counts too", async () => {
    const poster = createGuardedWebPoster({ timeoutMs: 2000 });
    for (const url of [
      "https://localhost:1/x",
      "https://127.0.0.1:1/x",
      "https://2130706433:1/x",
      "https://0x7f.1:1/x",
      "https://[::1]:1/x",
      "https://[::ffff:127.0.0.1]:1/x",
      "https://169.254.169.254/latest/meta-data",
      "http://example.com/x",
      "https://user:word@example.com/x",
      "file:///etc/passwd",
      "not an address",
    ]) {
      const result = await poster.post(url, {}, "{}");
      expect(result.ok === false && result.error, url).to.equal("refused");
    }
  });

  it("are not those that a redirect leads to", async () => {
    const server = createServer((_request, response) =>
      response.writeHead(302, { Location: "http://127.0.0.1:1/inner" }).end(),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const poster = createGuardedWebPoster({ plain: true, isAllowed: () => true });
    expect(await poster.post(`http://127.0.0.1:${port}/`, {}, "{}")).to.deep.equal({
      ok: false,
      error: "rejected",
      message: "answered 302",
    });
    server.close();
  });

  it("signs what a receiver can check by itself", () => {
    expect(signWebhook("key", "{}", 1)).to.match(/^t=1,v1=[0-9a-f]{64}$/);
    for (const bad of ["", "t=1", "v1=00", `t=x,v1=${"0".repeat(64)}`])
      expect(verifyWebhook("key", "{}", bad, 1), bad).to.equal(false);
  });
});
