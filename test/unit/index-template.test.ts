import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { untilDone } from "#services/reconciliation/until-done.ts";
import { putIndexTemplate } from "#shared/adapters/aws/search/put-index-template.ts";
import { signedHeaders } from "#shared/adapters/aws/search/sign-request.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { logIndexTemplate } from "#shared/telemetry/log-template.ts";
import { eventually } from "#test/support/eventually.ts";
import { manualClock } from "#test/support/manual-clock.ts";

describe("the index template of the logs, in OpenSearch", () => {
  let server: Server;
  let url: string;
  let refusals = 0;
  const taken: { readonly request: IncomingMessage; readonly body: string }[] = [];
  const before_ = { ...process.env };

  before(async () => {
    process.env.AWS_ACCESS_KEY_ID = "AKIDEXAMPLE";
    process.env.AWS_SECRET_ACCESS_KEY = "secret";
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        if (refusals-- > 0) {
          response.statusCode = 503;
          response.end("not yet");
          return;
        }
        taken.push({ request, body });
        response.end("{}");
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] as const) {
      const value = before_[name];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    server.close();
  });

  /** AWS's own example of a signature, `get-vanilla` of its test suite. */
  it("is signed as AWS wants it", () => {
    const { authorization } = signedHeaders(
      { method: "GET", host: "example.amazonaws.com", path: "/", body: "" },
      {
        region: "us-east-1",
        service: "service",
        now: Date.UTC(2015, 7, 30, 12, 36),
        credentials: {
          accessKeyId: "AKIDEXAMPLE",
          secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        },
      },
    );
    expect(authorization).to.equal(
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
    );
  });

  it("is put by a task that starts, again and again until it is taken, and then no more", async () => {
    refusals = 2;
    const failures: string[] = [];
    const clock = manualClock();
    const template = logIndexTemplate();
    let puts = 0;
    const putting = untilDone(
      async () => {
        puts++;
        await putIndexTemplate({ region: "eu-west-1", host: url, template, clock: systemClock() });
      },
      { clock, onFailure: (error) => failures.push(String(error)) },
    );
    await eventually(() => failures.length === 1);
    clock.advance(1000);
    await eventually(() => failures.length === 2);
    clock.advance(1999);
    expect(puts).to.equal(2);
    clock.advance(1);
    await eventually(() => taken.length === 1);
    clock.advance(60_000);
    putting.stop();
    expect(puts).to.equal(3);
    expect(failures[0]).to.include("503").and.to.include("not yet");
    const { request, body } = taken[0] ?? {};
    expect([request?.method, request?.url]).to.deep.equal(["PUT", "/_index_template/meridian-logs"]);
    expect(JSON.parse(body ?? "")).to.deep.equal(template);
    expect(request?.headers.authorization).to.match(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/es\/aws4_request, SignedHeaders=host;x-amz-date, /,
    );
  });
});
