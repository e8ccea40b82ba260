import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { LoadAccount } from "#local/chaos/load/load-account.ts";
import { LOAD_MARKETS } from "#local/chaos/load/load-market.ts";
import { differingTrades } from "#local/chaos/load/same-trades.ts";
import { assert } from "#shared/domain/invariant.ts";

const [MARKET] = LOAD_MARKETS;
const LOCATIONS = ["new-york", "sao-paulo", "london", "tokyo", "sydney"];
/** More than one answer holds. */
const COUNT = 2300;

describe("the trades that Regions show, held against each other", () => {
  /** By the place of who asks: the price of each trade from the first on. */
  const shown = new Map<string, number[]>();
  const asked = new Set<string>();
  let server: Server;
  let accounts: LoadAccount[];

  beforeEach(async () => {
    asked.clear();
    for (const location of LOCATIONS)
      shown.set(
        location,
        Array.from({ length: COUNT }, (_, at) => 100 + at),
      );
    server = createServer((request, response) => {
      const { searchParams } = new URL(request.url ?? "", "http://localhost");
      const location = String(request.headers["x-meridian-location"]);
      asked.add(location);
      const from = Number(searchParams.get("fromId"));
      const page = (shown.get(location) ?? []).slice(from - 1, from - 1 + Number(searchParams.get("limit")));
      const rows = page.map((price, at) => {
        return { id: from + at, price: String(price), qty: "1", time: 5, isBuyerMaker: false };
      });
      response.setHeader("Content-Type", "application/json").end(JSON.stringify(rows));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    assert(MARKET !== undefined, "there is a market");
    const market = MARKET;
    accounts = LOCATIONS.map((location) => {
      return { name: `at ${location}`, url, location, token: "t", market, funds: new Map() };
    });
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it("agree, to the last page, where all show the same; one place next to each Region is asked", async () => {
    expect(await differingTrades(accounts, new Map())).to.deep.equal([]);
    expect([...asked].sort()).to.deep.equal(["london", "new-york", "tokyo"]);
  });

  it("differ where one Region shows another trade, or one more, of those since the run began", async () => {
    const tokyo = shown.get("tokyo");
    assert(tokyo !== undefined && MARKET !== undefined, "it shows trades");
    tokyo[4] = 7;
    tokyo[2211] = 8;
    tokyo.push(9);
    const differing = await differingTrades(accounts, new Map([[MARKET.symbol, 10]]));
    expect(differing).to.deep.equal([
      "BTCUSDT trade 2212: new-york bought 1 at 2311, 5, london bought 1 at 2311, 5, tokyo bought 1 at 8, 5",
      "BTCUSDT trade 2301: new-york nothing, london nothing, tokyo bought 1 at 9, 5",
    ]);
  });
});
