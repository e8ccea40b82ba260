import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { type RunningRegion, startEmbeddedRegion } from "#local/embedded-region.ts";
import { MERIDIAN_OPERATIONS } from "#services/gateway/meridian-operations.ts";
import { verifyWebhook } from "#services/notifier/webhook-signature.ts";
import { createGuardedWebPoster } from "#shared/adapters/real/guarded-web-poster.ts";
import { eventually } from "#test/support/eventually.ts";
import { temporaryFolders } from "#test/support/folders.ts";

interface Trader {
  readonly token: string;
  call(method: "GET" | "POST" | "DELETE", path: string, body?: unknown): Promise<never>;
}

interface Statement {
  readonly holdings: readonly { asset: string; state: string; amount: string }[];
  readonly lines: readonly { id: string; kind: string; asset: string; amount: string; symbol: string }[];
}

describe("ledger and webhooks of a running platform", function () {
  this.timeout(120_000);
  const folders = temporaryFolders();
  const dataFolder = folders.make();
  let region: RunningRegion;

  const start = async () => {
    region = await startEmbeddedRegion({
      port: 0,
      dataFolder,
      faucet: true,
      events: { poster: createGuardedWebPoster({ plain: true, isAllowed: () => true }) },
      rateLimits: "generous",
      onFailure: (error) => {
        throw error;
      },
    });
  };
  before(start);
  after(async () => {
    await region.stop();
    folders.removeAll();
  });

  async function trader(name: string): Promise<Trader> {
    const post = async (path: string) => {
      const response = await fetch(`${region.url}/meridian/v1/${path}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ name, password: "correct horse battery" }),
      });
      return { status: response.status, body: (await response.json()) as { token: string } };
    };
    const up = await post("sign-up");
    const { token } = up.status === 201 ? up.body : (await post("sign-in")).body;
    return {
      token,
      call: async (method, path, body) => {
        const response = await fetch(region.url + path, {
          method,
          headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const answer = await response.json();
        expect(response.status, JSON.stringify(answer)).to.be.below(300);
        return answer as never;
      },
    };
  }

  const statementOf = async ({ call }: Trader, query = ""): Promise<Statement> => {
    const answer = await call("GET", `/meridian/v1/ledger/statement${query}`);
    return MERIDIAN_OPERATIONS.ledgerStatement.answer.parse(answer);
  };

  it("shows an account its deposits and trades, with fees taken, and nobody else's", async () => {
    const ada = await trader("ada");
    const bob = await trader("bob");
    await ada.call("POST", "/meridian/v1/faucet");
    await bob.call("POST", "/meridian/v1/faucet");
    const order = { coinID: "BTC", quantity: 0.01, price: 50_000 };
    await ada.call("POST", "/orders", { orderId: "1", type: "SELL", userID: "ada", ...order });
    await bob.call("POST", "/orders", { orderId: "1", type: "BUY", userID: "bob", ...order });
    let statement: Statement = { holdings: [], lines: [] };
    await eventually(async () => {
      statement = await statementOf(bob);
      return statement.lines.some(({ kind }) => kind === "trade");
    });
    const trades = statement.lines.filter(({ kind }) => kind === "trade");
    expect(trades.map(({ symbol, asset, amount }) => [symbol, asset, amount])).to.deep.equal([
      ["BTCUSDT", "BTC", "0.00999000"],
      ["BTCUSDT", "USDT", "-500.000000"],
    ]);
    await eventually(async () => (await statementOf(ada)).lines.some(({ kind }) => kind === "trade"));
    const own = await statementOf(ada);
    expect(
      own.lines.filter(({ kind }) => kind === "trade").map(({ asset, amount }) => [asset, amount]),
    ).to.deep.equal([
      ["USDT", "499.500000"],
      ["BTC", "-0.01000000"],
    ]);
    expect(new Set(statement.lines.map(({ kind }) => kind))).to.deep.equal(new Set(["deposit", "trade"]));
    const account = (await bob.call("GET", "/api/v3/account")) as {
      balances: { asset: string; free: string; locked: string }[];
    };
    const held = new Map(account.balances.map(({ asset, free }) => [asset, Number(free)]));
    for (const { asset } of statement.holdings) {
      const booked = statement.holdings.filter((holding) => holding.asset === asset);
      expect(
        booked.reduce((sum, { amount }) => sum + Number(amount), 0),
        asset,
      ).to.be.closeTo(held.get(asset) ?? 0, 1e-9);
    }
  });

  it("pages a statement, filters it, and refuses what makes no sense", async () => {
    const bob = await trader("bob");
    const all = await statementOf(bob);
    const first = await statementOf(bob, "?limit=1");
    const rest = await statementOf(bob, `?before=${first.lines[0]?.id}`);
    expect([...first.lines, ...rest.lines]).to.deep.equal(all.lines);
    const ofBtc = await statementOf(bob, "?asset=BTC");
    expect(ofBtc.lines.every(({ asset }) => asset === "BTC")).to.equal(true);
    expect(ofBtc.lines.length).to.be.greaterThan(0);
    for (const query of ["limit=0", "limit=1001", "before=x"]) {
      const response = await fetch(`${region.url}/meridian/v1/ledger/statement?${query}`, {
        headers: { Authorization: `Bearer ${bob.token}` },
      });
      expect(response.status, query).to.equal(400);
    }
    expect((await fetch(`${region.url}/meridian/v1/ledger/statement`)).status).to.equal(401);
  });

  it("posts what happens to an account to its webhook, signed with the secret that was shown, and to nobody else's", async () => {
    const heard: { signature: string; body: string }[] = [];
    const receiver = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      heard.push({ signature: String(request.headers["x-meridian-signature"]), body });
      response.end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    const ada = await trader("ada");
    const bob = await trader("bob");
    const made = MERIDIAN_OPERATIONS.createWebhook.answer.parse(
      await ada.call("POST", "/meridian/v1/webhooks", { url, kinds: ["no-match", "order-ended"] }),
    );
    const rows = new DatabaseSync(join(dataFolder, "events/notices.db"), { readOnly: true });
    const kept = rows.prepare("SELECT secret FROM subscriptions WHERE id = ?").get(made.id)?.secret;
    rows.close();
    expect(kept, "sealed at rest").to.match(/^sealed:/);
    const listed = MERIDIAN_OPERATIONS.webhooks.answer.parse(await ada.call("GET", "/meridian/v1/webhooks"));
    expect(listed.webhooks).to.deep.equal([{ id: made.id, url, kinds: ["no-match", "order-ended"] }]);
    expect(await bob.call("GET", "/meridian/v1/webhooks")).to.deep.equal({ webhooks: [] });
    const order = { type: "SELL", coinID: "BTC", quantity: 0.01, price: 60_000 };
    await ada.call("POST", "/orders", { orderId: "2", userID: "ada", ...order });
    await bob.call("POST", "/orders", { orderId: "2", userID: "bob", ...order });
    await eventually(() => heard.length === 1);
    const [{ signature, body } = { signature: "", body: "" }] = heard;
    expect(verifyWebhook(made.secret, body, signature, Math.floor(Date.now() / 1000))).to.equal(true);
    expect(JSON.parse(body)).to.deep.include({ kind: "no-match", final: true });
    const path = `${region.url}/meridian/v1/webhooks/${made.id}`;
    const remove = ({ token }: Trader) =>
      fetch(path, { method: "DELETE", headers: { Authorization: `Bearer ${token}` } });
    expect((await remove(bob)).status).to.equal(404);
    expect((await remove(ada)).status).to.equal(200);
    expect(await ada.call("GET", "/meridian/v1/webhooks")).to.deep.equal({ webhooks: [] });
    receiver.close();
  });

  it("refuses webhooks that make no sense, and more than ten", async () => {
    const ada = await trader("ada");
    const post = async (body: unknown) =>
      (
        await fetch(`${region.url}/meridian/v1/webhooks`, {
          method: "POST",
          headers: { Authorization: `Bearer ${ada.token}`, "Content-Type": "application/json" },
          body: JSON.stringify(body),
        })
      ).status;
    for (const body of [
      {},
      { url: "ftp://x" },
      { url: "https://a:b@example.com" },
      { url: "https://example.com", kinds: ["x"] },
    ])
      expect(await post(body), JSON.stringify(body)).to.equal(400);
    for (let count = 0; count < 10; count++)
      expect(await post({ url: "https://example.com/x" })).to.equal(201);
    expect(await post({ url: "https://example.com/x" })).to.equal(409);
  });

  const mailsOf = (to: string) =>
    readdirSync(join(dataFolder, "events/mails"))
      .filter((name) => name.endsWith(".eml"))
      .map((name) => readFileSync(join(dataFolder, "events/mails", name), "utf8"))
      .filter((text) => text.includes(`\r\nTo: ${to}\r\n`));
  /** Asks to be mailed, and reads the code where it was mailed to. */
  async function wantMail(trader: Trader, address: string, kinds?: readonly string[]) {
    const body = { address, ...(kinds === undefined ? {} : { kinds }) };
    const asked = await trader.call("POST", "/meridian/v1/mails", body);
    const { confirmation } = MERIDIAN_OPERATIONS.createMail.answer.parse(asked);
    const code = /code is (\d{8})\./.exec(mailsOf(address).join())?.[1] ?? "";
    return { confirmation, code };
  }
  const ask = ({ token }: Trader, method: string, path: string, body: unknown) =>
    fetch(`${region.url}/meridian/v1/${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });

  it("mails what happens to an account to an address that was confirmed, until the link in a mail ends it", async () => {
    const carol = await trader("carol");
    const wanted = await wantMail(carol, "carol@example.com", ["funds"]);
    expect(await carol.call("GET", "/meridian/v1/mails")).to.deep.equal({ mails: [] });
    const made = MERIDIAN_OPERATIONS.confirmMail.answer.parse(
      await carol.call("POST", "/meridian/v1/mails/confirm", wanted),
    );
    const { id } = made;
    const mails = [{ id, address: "carol@example.com", kinds: ["funds"] }];
    expect(await carol.call("GET", "/meridian/v1/mails")).to.deep.equal({ mails });
    await carol.call("POST", "/meridian/v1/faucet");
    const told = () => mailsOf("carol@example.com").filter((text) => text.includes("was credited"));
    await eventually(() => told().length > 0);
    const link = /To end them: (\S+)/.exec(told()[0] ?? "")?.[1] ?? "";
    expect(link).to.match(new RegExp(`^${region.url}/meridian/v1/mails/unsubscribe\\?token=`));
    // Whoever only looks at the link ends nothing.
    const page = await fetch(link);
    expect(page.headers.get("Content-Type")).to.match(/^text\/html/);
    expect(await page.text()).to.contain("<button>");
    expect(await carol.call("GET", "/meridian/v1/mails")).to.deep.equal({ mails });
    const oneClick = { "Content-Type": "application/x-www-form-urlencoded" };
    const ended = await fetch(link, {
      method: "POST",
      headers: oneClick,
      body: "List-Unsubscribe=One-Click",
    });
    expect(ended.status).to.equal(200);
    expect(await carol.call("GET", "/meridian/v1/mails")).to.deep.equal({ mails: [] });
    expect((await fetch(`${link.slice(0, -4)}AAAA`, { method: "POST" })).status).to.equal(400);
  });

  it("mails to no address by another code, another account's, or one that waits", async () => {
    const [dave, eve] = [await trader("dave"), await trader("eve")];
    const { confirmation, code } = await wantMail(dave, "dave@example.com");
    const wrong = code === "00000000" ? "00000001" : "00000000";
    for (const [who, sent] of [
      [dave, { confirmation, code: wrong }],
      [dave, { confirmation: confirmation.slice(0, -4), code }],
      [eve, { confirmation, code }],
    ] as const) {
      const answer = await ask(who, "POST", "mails/confirm", sent);
      expect(((await answer.json()) as { code: number }).code).to.equal(-9025);
    }
    expect(await dave.call("GET", "/meridian/v1/mails")).to.deep.equal({ mails: [] });
    await dave.call("POST", "/meridian/v1/mails/confirm", { confirmation, code });
    const { mails } = MERIDIAN_OPERATIONS.mails.answer.parse(await dave.call("GET", "/meridian/v1/mails"));
    expect(mails.map(({ kinds }) => kinds)).to.deep.equal([["match", "order-ended", "funds"]]);
    expect((await ask(eve, "DELETE", `mails/${mails[0]?.id}`, {})).status).to.equal(404);
    await dave.call("DELETE", `/meridian/v1/mails/${mails[0]?.id}`);
    expect(await dave.call("GET", "/meridian/v1/mails")).to.deep.equal({ mails: [] });
  });

  it("mails five codes an hour for an account, takes ten tries, and no address that is none", async () => {
    const mallory = await trader("mallory");
    for (const address of ["", "nobody", "a@b", "x@example.com\r\nBcc: all@example.com"])
      expect((await ask(mallory, "POST", "mails", { address })).status, address).to.equal(400);
    const { confirmation } = await wantMail(mallory, "victim@example.com");
    for (let count = 1; count < 5; count++) await wantMail(mallory, "victim@example.com");
    const sixth = await ask(mallory, "POST", "mails", { address: "victim@example.com" });
    expect(sixth.status).to.equal(429);
    expect(Number(sixth.headers.get("Retry-After"))).to.be.greaterThan(0);
    // Another account reaches the same address no more today either.
    const other = await trader("mallory2");
    expect((await ask(other, "POST", "mails", { address: "Victim@example.com" })).status).to.equal(429);
    const tries = Array.from({ length: 11 }, (_, at) => ({ confirmation, code: String(10_000_000 + at) }));
    const statuses: number[] = [];
    for (const one of tries) statuses.push((await ask(mallory, "POST", "mails/confirm", one)).status);
    expect(statuses.at(-1)).to.equal(429);
  });

  it("agrees with the engine to the last unit after a restart, and has written nothing twice", async () => {
    const before = await statementOf(await trader("bob"));
    await region.stop();
    await start();
    const { holdings } = await statementOf(await trader("bob"));
    expect(holdings).to.deep.equal(before.holdings);
    let checks: readonly { shard: string; seq: number; difference: string }[] = [];
    await eventually(async () => {
      const answer = await (await fetch(`${region.url}/meridian/v1/ledger/checks`)).json();
      checks = MERIDIAN_OPERATIONS.ledgerChecks.answer.parse(answer).checks;
      return checks.length >= 2;
    });
    expect(checks.map(({ difference }) => difference)).to.deep.equal(checks.map(() => "0"));
    expect(await statementOf(await trader("bob"))).to.deep.equal(before);
  });
});
