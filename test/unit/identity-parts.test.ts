import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { createIdentityService, type IdentityService } from "#services/gateway/identity/identity-service.ts";
import { checkRequestTime } from "#services/gateway/identity/request-time.ts";
import { createMemoryUsageCounter } from "#services/gateway/rest/memory-usage-counter.ts";
import { OrderLimiter } from "#services/gateway/rest/order-limiter.ts";
import { RATE_LIMITS } from "#services/gateway/rest/rate-limit-config.ts";
import { openDataFolder } from "#shared/adapters/embedded/data-folder.ts";
import { openSqliteIdentityStore } from "#shared/adapters/embedded/sqlite-identity-store.ts";
import { createLocalSealer } from "#shared/adapters/real/local-sealer.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import type { AccountId } from "#shared/domain/ids.ts";
import type { IdentityStore } from "#shared/ports/identity-store.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import { shiftedClock } from "#test/support/shifted-clock.ts";

/** The words of the refusal, "taken" if there is none. */
function outcomeOf(work: () => void): string {
  try {
    work();
    return "taken";
  } catch (error) {
    if (error instanceof ApiError) return `${error.entry.code} ${error.message}`;
    throw error;
  }
}

describe("the time of a signed request", () => {
  const NOW = 1_795_000_000_000;
  const OUTSIDE = "-1021 Timestamp for this request is outside of the recvWindow.";
  const AHEAD = "-1021 Timestamp for this request was 1000ms ahead of the server's time.";
  const WINDOW = "-1131 recvWindow must be less than 60000.";
  const illegal = (name: string, range: string) =>
    `-1100 Illegal characters found in parameter '${name}'; legal range is '${range}'.`;
  const ILLEGAL_TIME = illegal("timestamp", "^[0-9]{1,20}$");
  const ILLEGAL_WINDOW = illegal("recvWindow", "^([0-9]{1,20})(\\.[0-9]{1,3})?$");
  const MISSING = "-1102 Mandatory parameter 'timestamp' was not sent, was empty/null, or malformed.";

  const cases: readonly [timestamp: string | undefined, recvWindow: string | undefined, outcome: string][] = [
    [String(NOW), undefined, "taken"],
    [String(NOW - 5000), undefined, "taken"],
    [String(NOW - 5001), undefined, OUTSIDE],
    [String(NOW + 999), undefined, "taken"],
    [String(NOW + 1000), undefined, AHEAD],
    [String(NOW + 1000), "60000", AHEAD],
    [String(NOW - 60_000), "60000", "taken"],
    [String(NOW - 60_001), "60000", OUTSIDE],
    [String(NOW), "60000.001", WINDOW],
    [String(NOW), "100000", WINDOW],
    [String(NOW), "99999999999999999999", WINDOW],
    [String(NOW - 1), "0", OUTSIDE],
    [String(NOW), "0", "taken"],
    [String(NOW - 2), "1.5", OUTSIDE],
    [String(NOW - 1), "1.5", "taken"],
    [`${NOW}000`, undefined, "taken"],
    [`${NOW - 5000}000`, undefined, "taken"],
    [`${NOW - 5001}999`, undefined, OUTSIDE],
    [`${NOW + 999}999`, undefined, "taken"],
    [`${NOW + 1000}000`, undefined, AHEAD],
    ["99999999999999999999", undefined, AHEAD],
    ["0", undefined, OUTSIDE],
    [undefined, undefined, MISSING],
    ["", undefined, MISSING],
    ["-1", undefined, ILLEGAL_TIME],
    ["1e12", undefined, ILLEGAL_TIME],
    ["NaN", undefined, ILLEGAL_TIME],
    ["\u0661\u0662", undefined, ILLEGAL_TIME],
    ["123456789012345678901", undefined, ILLEGAL_TIME],
    [String(NOW), "", ILLEGAL_WINDOW],
    [String(NOW), "5s", ILLEGAL_WINDOW],
    [String(NOW), "5000.1234", ILLEGAL_WINDOW],
    [String(NOW), "-1", ILLEGAL_WINDOW],
  ];
  for (const [timestamp, recvWindow, outcome] of cases) {
    it(`${timestamp ?? "missing"}${recvWindow === undefined ? "" : `, window ${recvWindow}`}: ${outcome}`, () => {
      expect(outcomeOf(() => checkRequestTime(NOW, timestamp, recvWindow))).to.equal(outcome);
    });
  }
});

describe("identity at two gateways over one store", () => {
  const clock = shiftedClock();
  let folder: string;
  let store: IdentityStore;
  let here: IdentityService;
  let there: IdentityService;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "meridian-identity-"));
    store = openSqliteIdentityStore({ file: join(folder, "identity.db") });
    let account = 0;
    const mintAccount = () => ++account as AccountId;
    const make = () =>
      createIdentityService({
        store,
        clock,
        random: systemRandom(),
        mintAccount,
        sessionLifetimeSeconds: 3600,
        sealerOf: (key) => createLocalSealer(key, systemRandom()),
      });
    here = await make();
    there = await make();
  });
  after(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => "taken",
      (error: ApiError) => error.entry.code,
    );

  it("takes a key and a session of the one at the other", async () => {
    const { account, token } = await here.signUp("pair", "correct horse");
    const { apiKey } = await here.createApiKey(account, "pair", true);
    expect(await there.byApiKey(apiKey)).to.include({ account, user: "pair", via: "api-key" });
    expect(await there.bySession(token)).to.include({ account, user: "pair", via: "session" });
  });

  it("forgets a key that was deleted at the other within seconds, and ends a session at once", async () => {
    const { account, token } = await here.signIn("pair", "correct horse");
    const { apiKey } = await here.createApiKey(account, "gone", true);
    await there.byApiKey(apiKey);
    await here.deleteApiKey(account, apiKey);
    expect(await codeOf(here.byApiKey(apiKey))).to.equal(-2015);
    clock.advance(5001);
    expect(await codeOf(there.byApiKey(apiKey))).to.equal(-2015);
    await here.signOut(token);
    expect(await codeOf(there.bySession(token))).to.equal(-1002);
  });

  it("remembers what was signed out only as long as it could still be used", async () => {
    const { token } = await here.signIn("pair", "correct horse");
    await here.signOut(token);
    const [, payload = ""] = token.split(".");
    const { jti } = JSON.parse(Buffer.from(payload, "base64url").toString());
    expect(await store.isSessionRevoked(jti)).to.equal(true);
    clock.advance(3_601_000);
    const later = await here.signIn("pair", "correct horse");
    await here.signOut(later.token);
    expect(await store.isSessionRevoked(jti)).to.equal(false);
    expect(await codeOf(here.bySession(token))).to.equal(-1002);
  });

  it("keeps its files in a folder that nobody else may read", () => {
    const made = openDataFolder(join(folder, "data"));
    made.close();
    expect(statSync(join(folder, "data")).mode & 0o077).to.equal(0);
  });
});

describe("an account's orders", () => {
  it("count together through every door, and those that were not taken do not", async () => {
    const limiter = new OrderLimiter(
      { ...RATE_LIMITS.binance, ordersPer10Seconds: 2 },
      createMemoryUsageCounter,
    );
    const account = 7 as AccountId;
    const told: string[] = [];
    const headers = { set: (name: string, value: string) => told.push(`${name}: ${value}`) };
    const place = async () => "placed";
    const fail = async () => {
      throw new ApiError("INSUFFICIENT_BALANCE");
    };
    const codeOf = (work: Promise<unknown>) => work.catch((error: ApiError) => error.entry.code);
    expect(await limiter.count(account, headers, place)).to.equal("placed");
    expect(told).to.deep.equal(["X-MBX-ORDER-COUNT-10S: 1", "X-MBX-ORDER-COUNT-1D: 1"]);
    expect(await codeOf(limiter.count(account, undefined, fail))).to.equal(-2010);
    expect(await limiter.count(account, undefined, place)).to.equal("placed");
    expect(await codeOf(limiter.count(account, headers, place))).to.equal(-1015);
    expect(await limiter.count(8 as AccountId, undefined, place)).to.equal("placed");
  });
});
