import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { afterEach, describe, it } from "mocha";
import type { LoadAccount } from "#local/chaos/load/load-account.ts";
import { LOAD_MARKETS } from "#local/chaos/load/load-market.ts";
import { statementsOf } from "#local/chaos/load/statements.ts";

/** A long run has more reconciliations than one answer holds; the orders of its first seconds are in the oldest. */
const COUNT = 230;

describe("the statements that an audit reads", () => {
  let server: Server;
  let failures = 0;

  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it("are those of every reconciliation of the run, however many, also where an answer is missing now and then", async () => {
    const account = await start(3);
    const { notReplayed } = await statementsOf(account, 0);
    expect([...notReplayed].sort((a, b) => a - b)).to.deep.equal(
      Array.from({ length: COUNT }, (_, at) => at + 1),
    );
    expect(failures).to.equal(0);
  });

  /** Reconciliation n refused the order n; the first questions are told to come later. */
  async function start(failing: number): Promise<LoadAccount> {
    failures = failing;
    server = createServer((request, response) => {
      response.setHeader("Content-Type", "application/json");
      if (failures > 0) {
        failures--;
        response.writeHead(503).end('{"code":-1007,"msg":"later"}');
        return;
      }
      const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
      const [, id] = /reconciliations\/shard:(\d+)$/.exec(pathname) ?? [];
      if (id !== undefined) {
        const ownCommands = [{ orderId: Number(id), verdict: "refused" }];
        response.end(JSON.stringify({ trades: [], ownCommands }));
        return;
      }
      const newest = Number(searchParams.get("before")?.slice("shard:".length) ?? COUNT + 1) - 1;
      const length = Math.min(Number(searchParams.get("limit")), newest);
      const fills = { confirmed: 0, conflicted: 0 };
      const page = Array.from({ length }, (_, at) => ({ id: `shard:${newest - at}`, endedAt: 1, fills }));
      response.end(JSON.stringify({ reconciliations: page }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const [market] = LOAD_MARKETS;
    if (market === undefined) throw new Error("there are markets");
    const url = `http://127.0.0.1:${port}`;
    return { name: "ada", url, location: "london", token: "t", market, funds: new Map() };
  }
});
