import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import type { Browser } from "playwright-core";
import { type ControlClient, findPlatform } from "#local/supervisor/control-client.ts";
import type { AwsPlace } from "#shared/adapters/aws/region/aws-place.ts";
import { isDynamoDbHere } from "#test/contract/support/dynamodb-here.ts";
import { launchBrowser } from "#test/support/browser.ts";
import { eventually } from "#test/support/eventually.ts";
import { temporaryFolders } from "#test/support/folders.ts";
import { oneStory } from "#test/support/one-story.ts";
import { type PlatformProcess, startPlatformProcess } from "#test/support/platform-process.ts";
import { streamText } from "#test/support/stream-text.ts";
import { signUpTrader, type TestTrader } from "#test/support/test-trader.ts";
import { requireBuiltPage } from "./page-platform.ts";
import { openTraderWindow, type TraderWindow } from "./trader-window.ts";

const HOME = "us-east-1";
const FAR = "ap-northeast-1";

if (isDynamoDbHere())
  describe("the page on AWS's adapters, in three Regions (--backend aws-local)", function () {
    this.timeout(240_000);
    oneStory();
    const folders = temporaryFolders();
    let folder: string;
    let platform: PlatformProcess;
    let control: ControlClient;
    let browser: Browser;
    let trader: TraderWindow;
    /** Trades at the gateway in Tokyo, by REST. */
    let far: TestTrader;

    const gatewayOf = async (region: string) => {
      const { regions } = await control.status();
      const port = regions.find((each) => each.region === region)?.gatewayPort ?? 0;
      return `http://127.0.0.1:${port}`;
    };

    before(async () => {
      requireBuiltPage();
      folder = folders.make();
      const args = ["--backend", "aws-local", "--port", "0", "--no-bots", "--data", folder];
      [platform, browser] = await Promise.all([startPlatformProcess(args), launchBrowser()]);
      const found = findPlatform(folder);
      if (found === undefined) throw new Error("the platform has no control endpoint");
      control = found;
      trader = await openTraderWindow(browser, platform.url);
      await trader.signUp("seller");
      await trader.takeFundsInTime();
      far = await signUpTrader(await gatewayOf(FAR), "buyer");
    });
    after(async () => {
      await browser?.close();
      await platform?.kill("SIGKILL");
      folders.removeAll();
    });

    it("shows an order rest, in both Regions", async () => {
      await trader.place({ side: "Sell", price: "64000", quantity: "0.5" });
      await trader.orderRow("Sell", "Limit", "64,000.00", "NEW").waitFor();
      await trader.expectBalance("BTC", "1.5", "0.5");
      await trader.book.getByRole("button", { name: /^Ask 64,000\.00, 0\.5000/ }).waitFor();
      await eventually(async () => {
        const { body } = await far.get("/api/v3/depth", { symbol: "BTCUSDT" });
        return body.asks[0]?.[1] === "0.50000000";
      });
    });

    it("matches what comes from the other side of the world, and shows it as it happens", async () => {
      const buy = { symbol: "BTCUSDT", side: "BUY", type: "MARKET", quantity: "0.2" };
      const answer = await far.post("/api/v3/order", buy);
      expect(answer.body).to.include({ status: "FILLED", executedQty: "0.20000000" });
      await trader.orderRow("64,000.00", "0.2", "PARTLY FILLED").waitFor();
      await trader.tape.getByRole("listitem").filter({ hasText: "0.2000" }).waitFor();
      await trader.expectBalance("USDT", "112,787.2", "0");
    });

    it("cancels by a click, and the funds are free again", async () => {
      await trader.place({ side: "Buy", price: "60000", quantity: "0.1" });
      await trader
        .orderRow("60,000.00", "NEW")
        .getByRole("button", { name: /^Cancel order/ })
        .click();
      await trader.orderRow("60,000.00", "CANCELED").waitFor();
      await trader.expectBalance("USDT", "112,787.2", "0");
    });

    it("goes on by itself when the Region's process is killed, with what happened meanwhile", async () => {
      const { processes } = await control.status();
      const before = processes.find(({ name }) => name === HOME)?.pid;
      await control.signal(HOME, "SIGKILL");
      await eventually(async () => {
        const now = (await control.status()).processes.find(({ name }) => name === HOME);
        return now?.isReady === true && now.pid !== before;
      });
      // The owner may be another by now; whoever it is takes it, under the same id as often as it is asked.
      const buy = {
        symbol: "BTCUSDT",
        side: "BUY",
        type: "MARKET",
        quantity: "0.3",
        newClientOrderId: "again",
      };
      await eventually(async () => {
        const { body } = await far.post("/api/v3/order", buy, { "Idempotency-Key": "again" });
        return body.status === "FILLED";
      });
      await trader.live();
      await trader.openTab("History");
      await trader.orderRow("Sell", "64,000.00", "FILLED").waitFor();
      expect(trader.loads).to.equal(1);
    });

    it("keeps its socket while Redis is killed and started again, and misses nothing", async () => {
      await control.setServer(`${HOME}/redis`, false);
      await trader.openTab("Open orders");
      await trader.place({ side: "Buy", price: "50000", quantity: "0.1" });
      await control.setServer(`${HOME}/redis`, true);
      await trader.orderRow("50,000.00", "NEW").waitFor();
      expect(trader.problems.filter((problem) => problem.startsWith("script"))).to.deep.equal([]);
    });

    it("has told who reads the market stream of both trades", async () => {
      const places = JSON.parse(readFileSync(join(folder, "aws-local.json"), "utf8")) as AwsPlace[];
      const place = places.find(({ region }) => region === FAR);
      await eventually(async () => {
        const text = await streamText(place?.endpoints?.kinesis ?? "", "meridian-local-market-feed");
        const trades = text.split("\n").filter((line) => line.includes('"kind":"trade"'));
        // At least once: a Region that was killed may tell one again.
        return new Set(trades).size === 2 && trades.every((line) => line.includes("BTCUSDT"));
      });
    });

    it("has everything in the ledger, in PostgreSQL", async () => {
      await eventually(async () => {
        const { body } = await far.get("/meridian/v1/ledger/statement", { asset: "BTC", limit: "10" });
        return body.lines.filter(({ kind }: { kind: string }) => kind === "trade").length === 2;
      });
    });
  });
