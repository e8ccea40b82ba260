import { join } from "node:path";
import { expect } from "chai";
import { generateKeyPair, SignJWT } from "jose";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { createIdentityService, type IdentityService } from "#services/gateway/identity/identity-service.ts";
import { OidcTokens } from "#services/gateway/identity/oidc-tokens.ts";
import { openSqliteIdentityStore } from "#shared/adapters/embedded/sqlite-identity-store.ts";
import { createLocalSealer } from "#shared/adapters/real/local-sealer.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import type { AccountId } from "#shared/domain/ids.ts";
import type { IdentityStore } from "#shared/ports/identity-store.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import { temporaryFolders } from "#test/support/folders.ts";
import { AUDIENCE, startIssuer, type TestIssuer } from "#test/support/issuer.ts";

describe("sessions of an identity provider", () => {
  const folders = temporaryFolders();
  let issuer: TestIssuer;
  let store: IdentityStore;
  let minted: number;
  let identity: IdentityService;

  before(async () => {
    issuer = await startIssuer();
    await issuer.rotate("k1", "RS256");
  });
  after(() => {
    issuer.close();
    folders.removeAll();
  });
  beforeEach(async () => {
    store = openSqliteIdentityStore({ file: join(folders.make(), "identity.db") });
    minted = 0;
    identity = await serviceWith({});
  });
  afterEach(() => store.close());

  const serviceWith = (changes: { readonly issuer?: string; readonly cooldownMs?: number }) => {
    const [clock, random] = [systemClock(), systemRandom()];
    return createIdentityService({
      ...{ store, clock, random, sessionLifetimeSeconds: 3600 },
      mintAccount: () => ++minted as AccountId,
      sealerOf: (key) => createLocalSealer(key, random),
      oidc: new OidcTokens({ issuer: issuer.url, audience: AUDIENCE, clock, cooldownMs: 0, ...changes }),
    });
  };
  const refusal = async (token: string | Promise<string>, service = identity) => {
    try {
      await service.bySession(await token);
    } catch (error) {
      return (error as ApiError).entry.code;
    }
    return undefined;
  };

  it("give their user an account at the first token, and the same one ever after, however many come at once", async () => {
    const token = await issuer.token();
    const many = await Promise.all(Array.from({ length: 5 }, () => identity.bySession(token)));
    expect(new Set(many.map(({ account }) => account)).size).to.equal(1);
    expect(many[0]).to.include({ user: "oidc|user-1", via: "session", canTrade: true });
    const again = await identity.bySession(await issuer.token({ jti: "t2" }));
    expect(again.account).to.equal(many[0]?.account);
    const other = await identity.bySession(await issuer.token({ sub: "user-2" }));
    expect(other.account).to.not.equal(again.account);
  });

  it("are valid when the issuer has changed its keys, of other kinds too, before and after the old one is given up", async () => {
    const old = await issuer.token();
    await identity.bySession(old);
    for (const alg of ["ES256", "EdDSA", "PS256"]) {
      await issuer.rotate(`rotated-${alg}`, alg);
      await identity.bySession(await issuer.token({ jti: alg }));
    }
    await identity.bySession(old);
    await issuer.rotate("k2", "RS256", true);
    const fresh = await serviceWith({});
    expect(await refusal(old, fresh), "the key of the old one is published no more").to.equal(-1002);
    await fresh.bySession(await issuer.token());
  });

  it("are refused for another client, of another issuer, expired, with an unknown key or changed", async () => {
    const now = Math.floor(systemClock().now() / 1000);
    expect(await refusal(issuer.token({ aud: "another" }))).to.equal(-1002);
    expect(await refusal(issuer.token({ aud: undefined, client_id: AUDIENCE, token_use: "id" }))).to.equal(
      -1002,
    );
    expect(await refusal(issuer.token({ iss: "https://another.example" }))).to.equal(-1002);
    expect(await refusal(issuer.token({}, { iat: now - 700, exp: now - 100 }))).to.equal(-1002);
    const token = await issuer.token();
    expect(await refusal(`${token.slice(0, -4)}AAAA`)).to.equal(-1002);
    const { privateKey } = await generateKeyPair("RS256");
    const forged = new SignJWT({ aud: AUDIENCE, iss: issuer.url, sub: "user-1" })
      .setProtectedHeader({ alg: "RS256", kid: "nobody's" })
      .setIssuedAt()
      .setExpirationTime("10m")
      .sign(privateKey);
    expect(await refusal(forged)).to.equal(-1002);
    const unsigned = new SignJWT({ aud: AUDIENCE, iss: issuer.url, sub: "user-1" })
      .setProtectedHeader({ alg: "HS256" })
      .setIssuedAt()
      .setExpirationTime("10m")
      .sign(new TextEncoder().encode("the public key is no secret, and neither is this"));
    expect(await refusal(unsigned), "a secret is no key pair").to.equal(-1002);
    expect(minted, "nobody has an account of it").to.equal(0);
  });

  it("may be Cognito's access tokens, which name their client elsewhere", async () => {
    const access = await issuer.token({ aud: undefined, client_id: AUDIENCE, token_use: "access" });
    expect(await identity.bySession(access)).to.include({ user: "oidc|user-1" });
    const of = issuer.token({ aud: undefined, client_id: "another", token_use: "access" });
    expect(await refusal(of)).to.equal(-1002);
  });

  it("end by sign-out, one or all, though the issuer calls them valid", async () => {
    const [one, two] = [await issuer.token({ jti: "one" }), await issuer.token({ jti: "two" })];
    await identity.signOut(one);
    expect(await refusal(one)).to.equal(-1002);
    const { account } = await identity.bySession(two);
    await identity.signOutEverywhere(account);
    expect(await refusal(two)).to.equal(-1002);
  });

  it("do not make it ask the issuer for each token with an unknown key", async () => {
    const careful = await serviceWith({ cooldownMs: 60_000 });
    await careful.bySession(await issuer.token());
    const before = issuer.asked;
    const { privateKey } = await generateKeyPair("RS256");
    for (let at = 0; at < 5; at++) {
      const forged = new SignJWT({ aud: AUDIENCE, iss: issuer.url, sub: "x" })
        .setProtectedHeader({ alg: "RS256", kid: `rubbish-${at}` })
        .setIssuedAt()
        .setExpirationTime("10m")
        .sign(privateKey);
      expect(await refusal(forged, careful)).to.equal(-1002);
    }
    expect(issuer.asked).to.equal(before);
  });

  it("are neither valid nor wrong while the issuer's keys cannot be had, and valid once they can", async () => {
    const token = await issuer.token();
    issuer.isAway = true;
    expect(await refusal(token)).to.equal(-1008);
    issuer.isAway = false;
    expect(await refusal(token)).to.equal(undefined);
  });

  it("stand beside our own, and no password opens their accounts", async () => {
    const own = await identity.signUp("ada", "correct horse battery");
    expect(await identity.bySession(own.token)).to.include({ user: "ada" });
    await identity.bySession(await issuer.token());
    let code: number | undefined;
    await identity.signIn("oidc|user-1", "").catch((error: ApiError) => {
      code = error.entry.code;
    });
    expect(code).to.equal(new ApiError("WRONG_PASSWORD").entry.code);
  });
});
