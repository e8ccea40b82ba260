import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { type Answer, startTestGateway, type TestGateway } from "./rest-gateway.ts";

const PASSWORD = "correct horse battery staple";
const JSON_BODY = { "Content-Type": "application/json" };

const refused = ({ status, body }: Answer, httpStatus: number, code: number) => {
  expect({ status, code: body.code }).to.deep.equal({ status: httpStatus, code });
};

describe("guessing passwords", () => {
  let gateway: TestGateway;

  before(async () => {
    const signInLimits = { attemptsPerAddress: 8, attemptsPerName: 3, windowSeconds: 300 };
    gateway = await startTestGateway({ signInLimits });
    await gateway.newUser("target");
    await gateway.newUser("other");
  });
  after(() => gateway.stop());

  const attempt = (address: string, name: string, password = "wrong horse") =>
    gateway.send("POST", "/meridian/v1/sign-in", {
      headers: { ...JSON_BODY, "X-Forwarded-For": address },
      body: JSON.stringify({ name, password }),
    });

  it("is slowed down by name, from whatever address, and the right password waits as well", async () => {
    for (const last of [1, 2, 3]) refused(await attempt(`192.0.2.${last}`, "target"), 401, -9011);
    for (const name of ["target", "TARGET"]) {
      const limited = await attempt("192.0.2.4", name, PASSWORD);
      refused(limited, 429, -9012);
      expect(Number(limited.headers.get("Retry-After"))).to.be.within(1, 300);
    }
    expect((await attempt("192.0.2.4", "other", PASSWORD)).status).to.equal(200);
  });

  it("is slowed down by address, whatever name is tried, signing up included", async () => {
    for (let count = 0; count < 8; count++) {
      refused(await attempt("198.51.100.9", `guess-${count}`), 401, -9011);
    }
    refused(await attempt("198.51.100.9", "other", PASSWORD), 429, -9012);
    const up = await gateway.send("POST", "/meridian/v1/sign-up", {
      headers: { ...JSON_BODY, "X-Forwarded-For": "198.51.100.9" },
      body: JSON.stringify({ name: "guesser", password: PASSWORD }),
    });
    refused(up, 429, -9012);
    expect((await attempt("198.51.100.10", "other", PASSWORD)).status).to.equal(200);
  });

  it("forgives a name when its password was right", async () => {
    const address = (last: number) => `203.0.113.${last}`;
    for (let round = 0; round < 3; round++) {
      for (const last of [1, 2]) refused(await attempt(address(10 * round + last), "other"), 401, -9011);
      expect((await attempt(address(10 * round + 3), "other", PASSWORD)).status).to.equal(200);
    }
  });
});
