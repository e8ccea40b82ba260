import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { isDynamoDbHere } from "#test/contract/support/dynamodb-here.ts";
import { type Deployment, startDeployment } from "#test/deployed/deployment.ts";
import { OrderFlow } from "#test/deployed/order-flow.ts";
import type { Task } from "#test/deployed/task.ts";
import { type ClientSocket, connectSocket } from "#test/e2e/feed-recorder.ts";
import { becomes } from "#test/support/becomes-true.ts";
import { eventually } from "#test/support/eventually.ts";
import { signUpTrader, type TestTrader } from "#test/support/test-trader.ts";

/** Of a group of shards, in two zones. */
const SLOTS = ["matching-all-a", "matching-all-b"];
const OPS = fileURLToPath(new URL("../../runbooks/ops/main.ts", import.meta.url));

if (isDynamoDbHere())
  describe("the services as they are deployed: tasks of dev, on servers that speak AWS's protocols", function () {
    this.timeout(90_000);
    let deployment: Deployment;
    const tasks = new Map<string, Task>();
    const sockets: ClientSocket[] = [];
    let alice: TestTrader;
    let bob: TestTrader;
    let isUp = false;

    before(async function () {
      this.timeout(180_000);
      deployment = await startDeployment();
      for (const name of [...SLOTS, "reconciliation", "gateway"])
        tasks.set(name, await deployment.start(name));
      for (const task of tasks.values()) await task.untilReady();
      await eventually(() => deployment.balancer.ready > 0);
      alice = await signUpTrader(deployment.balancer.url, "alice");
      bob = await signUpTrader(deployment.balancer.url, "bob");
      isUp = true;
    });
    beforeEach(() => {
      // What would wait for a platform that did not come up fails at once instead.
      expect(isUp, "the tasks are up").to.equal(true);
    });
    afterEach(function () {
      if (this.currentTest?.state !== "failed") return;
      // Nobody knows how it left them: those behind it would only wait.
      isUp = false;
      for (const { name, lines } of tasks.values())
        process.stdout.write(
          `${name}:\n${lines
            .map(({ text }) => `  ${text}`)
            .slice(-20)
            .join("\n")}\n`,
        );
    });
    after(async () => {
      for (const socket of sockets) socket.close();
      await deployment?.stop();
    });

    const url = () => deployment.balancer.url;
    const task = (name: string) => tasks.get(name) as Task;
    const follow = async (trader: TestTrader): Promise<ClientSocket> => {
      const socket = connectSocket(url(), { auth: { token: trader.token } });
      sockets.push(socket);
      await eventually(() => socket.connected);
      return socket;
    };
    const place = (
      trader: TestTrader,
      side: string,
      quantity: string,
      price: string,
      name: string,
      symbol = "BTCUSDT",
    ) =>
      trader.post("/api/v3/order", {
        ...{ symbol, side, type: "LIMIT", timeInForce: "GTC" },
        ...{ quantity, price, newClientOrderId: name },
      });
    /** `npm run ops -- …`, the program itself. */
    const ops = (...args: readonly (string | NodeJS.ProcessEnv)[]) =>
      new Promise<{ readonly code: number; readonly output: string }>((resolve) => {
        const words = args.filter((arg) => typeof arg === "string");
        const others = args.filter((arg) => typeof arg !== "string");
        const env = {
          ...process.env,
          ...{ MERIDIAN_URL: url(), MERIDIAN_OPERATOR_TOKEN: deployment.operatorToken },
          ...Object.assign({}, ...others),
        };
        execFile(process.execPath, [OPS, ...words], { env }, (error, out, err) =>
          resolve({ code: Number(error?.code ?? 0), output: out + err }),
        );
      });
    const usedWeight = async ({ url: gateway }: Task) =>
      Number((await fetch(`${gateway}/api/v3/time`)).headers.get("X-MBX-USED-WEIGHT-1M"));
    const balanceOf = async (trader: TestTrader, asset: string) => {
      const { body } = await trader.get("/api/v3/account");
      return body.balances.find((one: { asset: string }) => one.asset === asset) as {
        free: string;
        locked: string;
      };
    };
    /** Which of the two publishes. */
    const publisher = () => {
      const leading = SLOTS.filter((name) => task(name).said("publishing"));
      return leading.at(-1) as string;
    };

    /** What a task's folds went on from when it began to publish. */
    const wentOnFrom = (name: string) =>
      task(name)
        .lines.filter(({ event }) => event === "recovered")
        .map(({ text }) => (JSON.parse(text) as { from: string }).from);
    /** Of each shard the fold that it had while it stood by. */
    const expectNoColdStart = (name: string) =>
      expect(wentOnFrom(name), `${name} had folds`).to.deep.equal(["standby", "standby", "standby"]);

    it("stand by in one zone while the other one publishes", async () => {
      for (const name of SLOTS) expect(task(name).said("standing-by"), name).to.equal(true);
      await eventually(() => SLOTS.some((name) => task(name).said("publishing")));
      expect(SLOTS.filter((name) => task(name).said("publishing"))).to.have.length(1);
    });

    it("match two orders, answer both, and show them live, in balances, in tables and in the ledger", async () => {
      const socket = await follow(alice);
      const reports: { executionType: string; orderStatus: string; clientOrderId: string }[] = [];
      socket.on("executionReport", (report) => reports.push(report));
      const resting = await place(alice, "SELL", "0.5", "50000", "a-1");
      expect(resting.body).to.include({ status: "NEW" });
      const taken = await place(bob, "BUY", "0.2", "50000", "b-1");
      expect(taken.body).to.include({ status: "FILLED", executedQty: "0.20000000" });
      await eventually(() => reports.some(({ orderStatus }) => orderStatus === "PARTIALLY_FILLED"));
      expect(reports.map(({ executionType }) => executionType)).to.deep.equal(["NEW", "TRADE"]);
      expect(await balanceOf(bob, "BTC"))
        .to.have.property("free")
        .that.is.not.equal("10.00000000");
      expect(await balanceOf(alice, "BTC")).to.include({ locked: "0.30000000" });
      await eventually(async () => {
        const { body } = await bob.get("/api/v3/myTrades", { symbol: "BTCUSDT" });
        return body.length === 1 && body[0].qty === "0.20000000";
      });
      const { body: session } = await bob.get("/meridian/v1/session");
      await eventually(async () => {
        const entries = await deployment.ledger.statement({ account: session.account, limit: 100 });
        return entries.some(({ kind }) => kind === "trade");
      });
    });

    it("show who owns each shard, and that it is final", async () => {
      const { body } = await alice.get("/meridian/v1/regions");
      expect(body.shards).to.have.length(3);
      for (const shard of body.shards)
        expect(shard).to.include({
          owner: "us-east-1",
          route: "own",
          provisional: false,
          backpressure: "ok",
        });
      await eventually(async () => {
        const { body: now } = await alice.get("/meridian/v1/regions");
        return now.shards.every(
          (one: { seq: number; finalSeq: number }) => one.finalSeq > 0 && one.seq >= one.finalSeq,
        );
      });
    });

    it("take a token of the issuer, and move funds between shards for an order", async () => {
      const market = await bob.post("/api/v3/order", {
        ...{ symbol: "ETHUSDT", side: "BUY", type: "LIMIT", timeInForce: "GTC" },
        ...{ quantity: "1", price: "1000", newClientOrderId: "b-eth" },
      });
      expect(market.body).to.include({ status: "NEW" });
      await deployment.issuer.rotate("one", "ES256");
      const token = await deployment.issuer.token({ sub: "carol" });
      const answer = await fetch(`${url()}/api/v3/account`, {
        headers: { Authorization: `Bearer ${token}` },
      });
      expect(answer.status).to.equal(200);
    });

    it("show traders their statements, from the ledger that a function writes", async () => {
      let answer = await alice.get("/meridian/v1/ledger/statement", { asset: "BTC" });
      await eventually(async () => {
        answer = await alice.get("/meridian/v1/ledger/statement", { asset: "BTC" });
        return answer.body.lines?.some(({ kind }: { kind: string }) => kind === "trade");
      });
      const trade = answer.body.lines.find(({ kind }: { kind: string }) => kind === "trade");
      expect(trade).to.include({ state: "final", symbol: "BTCUSDT", amount: "-0.20000000" });
      const { body: session } = await bob.get("/meridian/v1/session");
      const theirs = await bob.get("/meridian/v1/ledger/statement");
      expect(session.account).to.be.a("number");
      expect(theirs.body.lines.map(({ event }: { event: string }) => event)).to.include(trade.event);
    });

    it("answer whoever operates them, by the command line: what waits, who owns what, dead letters, the books", async () => {
      const status = await ops("status");
      expect(status.output)
        .to.match(/us-east-1\s+healthy/)
        .and.to.include("All is well.");
      expect((await ops("owners")).output).to.match(/crypto-1\s.*us-east-1/);
      await deployment.plantDeadLetters("ledger", 3);
      const dead = (count: number) =>
        becomes(
          `npm run ops -- queues shows ${count} dead letters`,
          () => ops("queues"),
          ({ output }) => new RegExp(`ledger dead letters\\s+${count}`).test(output),
        );
      const queues = await dead(3);
      expect(queues.code).to.equal(2);
      for (const queue of ["projector", "notifier", "reconciliation", "outbox crypto-1", "journal crypto-1"])
        expect(queues.output).to.match(new RegExp(`us-east-1\\s+${queue}\\s+\\d+`));
      expect((await ops("redrive", "ledger", "--yes")).output).to.match(/ledger\s+3\s+brought back/);
      await dead(0);
      const books = await ops("ledger", "check");
      expect(books.output).to.match(/us-east-1\s+crypto-1\s+\d+\s+0/);
      expect(books.code).to.equal(0);
      expect((await ops("audit")).output).to.match(/redrive\s+.*"queue":"ledger".*\s+done/);
    });

    it("take a market out of trading and back when an operator says so, and nothing of a stranger", async () => {
      expect((await ops("market", "cancel-only", "ETHUSDT", "--yes")).code).to.equal(0);
      const refused = await place(bob, "BUY", "0.1", "1000", "b-halted", "ETHUSDT");
      expect(refused.body).to.have.property("code");
      expect((await ops("market", "resume", "ETHUSDT", "--yes")).code).to.equal(0);
      const taken = await place(bob, "BUY", "0.1", "1000", "b-resumed", "ETHUSDT");
      expect(taken.body).to.include({ status: "NEW" });
      const stranger = await ops("queues", { MERIDIAN_OPERATOR_TOKEN: "x".repeat(48) });
      expect(stranger.output).to.include("-1002");
    });

    it("have the task with the fold take a snapshot, tell its digest and fold its log again, for an operator at any gateway", async () => {
      const looked = await ops("snapshot", "crypto-1", "--dry-run");
      expect(looked.output).to.include("a snapshot would be taken in us-east-1");
      const taken = await ops("snapshot", "crypto-1", "--json");
      expect(taken.code, taken.output).to.equal(0);
      const [{ seq, digest }] = JSON.parse(taken.output).snapshots;
      const kept = JSON.parse((await ops("snapshots", "crypto-1", "--json")).output);
      expect(kept.regions[0].snapshots[0]).to.include({ seq, digest });
      const replayed = await ops("replay", "crypto-1", "--json");
      expect(replayed.code, replayed.output).to.equal(0);
      expect(JSON.parse(replayed.output).replays[0]).to.include({ from: 0, agrees: true });
      const replica = await ops("digest", "crypto-1");
      expect(replica.output).to.include("1 replicas agree.");
      expect((await ops("audit")).output)
        .to.match(/takeSnapshot\s+.*"shard":"crypto-1".*\s+done/)
        .and.to.match(/replay\s+.*\s+done/);
    });

    it("have the task reconciliation make tables anew: a row that was lost and one that was made up are put right", async () => {
      const { body: trades } = await bob.get("/api/v3/myTrades", { symbol: "BTCUSDT" });
      const [{ id, orderId }] = trades;
      const tables = deployment.openTables();
      await tables.remove("trades", { pk: `TRADE#BTCUSDT.${id}` });
      const row = await tables.get("orders", { pk: `ORDER#${orderId}` });
      await tables.put("orders", { ...row, executed: 1, pk: `ORDER#${orderId}` });
      await tables.put("orders", { ...row, orderId: 77, number: 77, pk: "ORDER#77" });
      expect((await bob.get("/api/v3/myTrades", { symbol: "BTCUSDT" })).body).to.have.length(0);
      const looked = await ops("rebuild", "crypto-1", "--dry-run");
      expect(looked.output).to.include("would be made anew");
      const nobody = await ops("rebuild", "crypto-1");
      expect(nobody.output).to.include("nobody is there to say yes");
      const rebuilt = await ops("rebuild", "crypto-1", "--yes");
      expect(rebuilt.code, rebuilt.output).to.equal(0);
      expect(rebuilt.output).to.match(/us-east-1\s+crypto-1\s+made anew up to seq \d+/);
      expect((await bob.get("/api/v3/myTrades", { symbol: "BTCUSDT" })).body).to.deep.equal(trades);
      expect(await tables.get("orders", { pk: "ORDER#77" })).to.equal(undefined);
      expect(await tables.get("orders", { pk: `ORDER#${orderId}` })).to.include({ executed: row?.executed });
      // The functions go on in them.
      await place(bob, "BUY", "0.1", "50000", "b-after-rebuild");
      await eventually(
        async () => (await bob.get("/api/v3/myTrades", { symbol: "BTCUSDT" })).body.length === 2,
      );
    });

    it("lose and double nothing while each task is replaced under load, and tell sockets before their gateway goes", async function () {
      this.timeout(240_000);
      const flow = await OrderFlow.start(url());
      const socket = await follow(alice);
      let shutdowns = 0;
      let connects = 0;
      socket.on("serverShutdown", () => shutdowns++);
      socket.on("connect", () => connects++);
      const replace = async (name: string) => {
        const old = task(name);
        if (name !== "gateway") expect(await old.stop(), `${name} ends well`).to.equal(0);
        const next = await deployment.start(name);
        tasks.set(name, next);
        await next.untilReady();
        if (name === "gateway") {
          await eventually(() => deployment.balancer.ready === 2);
          // They count a client's use together: what was done at the one is known at the other.
          const before = await usedWeight(old);
          await eventually(async () => (await usedWeight(next)) >= before);
          expect(await old.stop(), "the gateway ends well").to.equal(0);
          deployment.balancer.remove(old);
        }
        await flow.untilMore(8);
      };
      await flow.untilMore(8);
      const standby = publisher() === "matching-all-a" ? "matching-all-b" : "matching-all-a";
      await replace(standby);
      await replace(publisher());
      expectNoColdStart(standby);
      await replace("reconciliation");
      await replace("gateway");
      await eventually(() => socket.connected && connects > 0);
      expect(shutdowns).to.equal(1);
      await flow.stop();
      await flow.expectWhole();
    });

    it("go on when the publishing task is killed", async function () {
      this.timeout(180_000);
      const flow = await OrderFlow.start(url());
      await flow.untilMore(10);
      const killed = publisher();
      const other = killed === "matching-all-a" ? "matching-all-b" : "matching-all-a";
      await task(killed).kill();
      await eventually(() => task(other).said("publishing"));
      expectNoColdStart(other);
      await flow.untilMore(8);
      tasks.set(killed, await deployment.start(killed));
      await flow.stop();
      await flow.expectWhole();
    });

    it("go on without Redis, by the journal and the table", async () => {
      await deployment.cloud.setUp("us-east-1/redis", false);
      try {
        const answer = await place(alice, "SELL", "0.01", "90000", "a-without-redis");
        expect(answer.body).to.include({ status: "NEW" });
      } finally {
        await deployment.cloud.setUp("us-east-1/redis", true);
      }
      const answer = await place(alice, "SELL", "0.01", "90001", "a-with-redis");
      expect(answer.body).to.include({ status: "NEW" });
    });
  });
