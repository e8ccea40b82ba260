import { scryptSync } from "node:crypto";
import { expect } from "chai";
import { SignJWT } from "jose";
import { describe, it } from "mocha";
import { Passwords } from "#services/gateway/identity/passwords.ts";
import { Sessions } from "#services/gateway/identity/sessions.ts";
import { createLocalSealer } from "#shared/adapters/real/local-sealer.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import type { AccountId } from "#shared/domain/ids.ts";
import { ApiError } from "#shared/protocol/errors.ts";

const random = systemRandom();
const KEY = Uint8Array.from({ length: 32 }, (_, at) => at);
const START = 1_700_000_000_000;
const ACCOUNT = 7 as AccountId;
describe("passwords", () => {
  const passwords = new Passwords(random);

  it("are kept as a self-describing scrypt hash, each with its own salt, that no other password fits", async () => {
    const [hash, other] = [await passwords.hash("correct horse"), await passwords.hash("correct horse")];
    expect(hash).to.match(/^scrypt\$32768\$8\$3\$[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=$/);
    expect(other).to.not.equal(hash);
    expect(await passwords.matches("correct horse", hash)).to.equal(true);
    expect(await passwords.matches("correct horse ", hash)).to.equal(false);
    expect(await passwords.matches("", hash)).to.equal(false);
  });

  it("never fit an unknown user", async () => {
    expect(await passwords.matches("", undefined)).to.equal(false);
    expect(await passwords.matches("correct horse", undefined)).to.equal(false);
  });

  it("are the same however the keyboard composes their letters", async () => {
    const hash = await passwords.hash("cafe\u0301 au lait");
    expect(await passwords.matches("caf\u00e9 au lait", hash)).to.equal(true);
  });

  it("are checked at the cost that their hash names, so that the cost may rise later", async () => {
    expect(await passwords.matches("correct horse", cheapHash())).to.equal(true);
    expect(await passwords.matches("wrong horse", cheapHash())).to.equal(false);
  });

  it("are checked so many at a time; more are refused as overload, and afterwards it goes on", async () => {
    const busy = new Passwords(random);
    const hash = cheapHash();
    const checks = Array.from({ length: 80 }, () => busy.matches("correct horse", hash));
    const results = await Promise.allSettled(checks);
    const refused = results.filter((result) => result.status === "rejected");
    expect(refused).to.have.length(16);
    for (const { reason } of refused) expect((reason as ApiError).entry.status).to.equal(503);
    expect(await busy.matches("correct horse", hash)).to.equal(true);
  });
});

describe("sessions", () => {
  const clock = { ...systemClock(), time: START, now: () => clock.time };
  const sessions = new Sessions(KEY, clock, 3600);

  it("say whose they are until they expire", async () => {
    clock.time = START;
    const token = await sessions.issue(ACCOUNT, "alice", "session-1", 0);
    expect(await sessions.read(token)).to.deep.equal({
      account: ACCOUNT,
      user: "alice",
      sessionId: "session-1",
      issuedAt: START / 1000,
      expiresAt: START / 1000 + 3600,
    });
    clock.time = START + 3599_000;
    expect((await sessions.read(token)).user).to.equal("alice");
    clock.time = START + 3600_000;
    await expectUnauthorized(token);
    clock.time = START;
  });

  it("are refused when any letter of them was changed", async () => {
    const token = await sessions.issue(ACCOUNT, "alice", "session-1", 0);
    expect((await sessions.read(token)).user, "and is remembered").to.equal("alice");
    for (let at = 0; at < token.length; at++) {
      const changed = token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
      // The last letter of a part may carry bits that mean nothing: then the bytes are the same.
      if (sameBytes(token, changed)) continue;
      await expectUnauthorized(changed);
    }
  });

  it("are refused when another key, another issuer or no signature stands under them", async () => {
    const sign = (issuer: string, key: Uint8Array, alg = "HS256") =>
      new SignJWT({ user: "alice" })
        .setProtectedHeader({ alg })
        .setIssuer(issuer)
        .setSubject("7")
        .setJti("session-1")
        .setIssuedAt(START / 1000)
        .setExpirationTime(START / 1000 + 60)
        .sign(key);
    expect((await sessions.read(await sign("meridian", KEY))).account).to.equal(ACCOUNT);
    await expectUnauthorized(await sign("meridian", KEY.toReversed()));
    await expectUnauthorized(await sign("somebody", KEY));
    await expectUnauthorized(await sign("meridian", Uint8Array.of(...KEY, ...KEY), "HS512"));
    const [, payload] = (await sessions.issue(ACCOUNT, "alice", "session-1", 0)).split(".");
    const none = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url");
    for (const text of [`${none}.${payload}.`, "", "x", "a.b.c"]) await expectUnauthorized(text);
  });

  async function expectUnauthorized(token: string): Promise<void> {
    let failure: unknown;
    try {
      await sessions.read(token);
    } catch (error) {
      failure = error;
    }
    expect(failure, `"${token}" is refused`).to.be.instanceOf(ApiError);
    expect((failure as ApiError).entry.status).to.equal(401);
  }
});

describe("what an installation sealed before secrets went through a sealer", () => {
  it("is opened by the local sealer: nobody's keys end with an update", async () => {
    // Written by the version before: the secret "an old secret" under the name "k", with the key of bytes 0 to 31.
    const sealed = Buffer.from("xrqNgci5a97DCCVT/vDBnrV0WG1l3NomBmXP7GZXjd7irZwPknbc3/Y=", "base64");
    const opened = await createLocalSealer(KEY, random).open("k", sealed);
    expect(Buffer.from(opened).toString()).to.equal("an old secret");
  });
});

/** Of the password "correct horse", at the lowest cost that scrypt knows. */
function cheapHash(): string {
  const salt = Buffer.from("salt");
  const key = scryptSync("correct horse", salt, 32, { N: 2, r: 1, p: 1 });
  return ["scrypt", 2, 1, 1, salt.toString("base64"), key.toString("base64")].join("$");
}

function sameBytes(a: string, b: string): boolean {
  const parts = (text: string) =>
    text.split(".").map((part) => Buffer.from(part, "base64url").toString("hex"));
  return parts(a).join() === parts(b).join();
}
