import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { type LocalSes, startSes } from "#local/aws-local/start-ses.ts";
import { createSesMailer } from "#shared/adapters/aws/ses/ses-mailer.ts";
import { createFolderMailer } from "#shared/adapters/embedded/folder-mailer.ts";
import type { Mail, Mailer } from "#shared/ports/mailer.ts";
import { temporaryFolders } from "#test/support/folders.ts";

const MAIL: Mail = {
  to: "ada@example.com",
  subject: "Meridian: bought 1 BTC",
  text: "Bought 1 BTC.\nOrder 7 is filled — ünlü.",
  id: "s1/crypto-1/us-east-1.1/42/0",
  unsubscribeUrl: "https://meridian.example/meridian/v1/mails/unsubscribe?token=abc",
};

/** A mail as it came out at the other end. */
interface Arrived {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly unsubscribe: string | undefined;
  readonly oneClick: string | undefined;
}

/** What every `Mailer` promises (shared/ports/mailer.ts). */
function mailerContract(world: string, start: () => { mailer: Mailer; arrived: () => readonly Arrived[] }) {
  describe(`mail (${world})`, () => {
    it("comes as it was sent, with the way to end it that mail programs know", async () => {
      const { mailer, arrived } = start();
      expect(await mailer.send(MAIL)).to.deep.equal({ ok: true });
      expect(arrived().at(-1)).to.deep.equal({
        to: MAIL.to,
        subject: MAIL.subject,
        text: MAIL.text,
        unsubscribe: `<${MAIL.unsubscribeUrl}>`,
        oneClick: "List-Unsubscribe=One-Click",
      });
    });

    it("has no such way where nobody subscribed", async () => {
      const { mailer, arrived } = start();
      const { unsubscribeUrl: _, ...mail } = MAIL;
      expect(await mailer.send({ ...mail, id: "code/1" })).to.deep.equal({ ok: true });
      const codes = arrived().filter(({ unsubscribe }) => unsubscribe === undefined);
      expect(codes).to.have.length(1);
    });
  });
}

const folders = temporaryFolders();
after(() => folders.removeAll());

mailerContract("a folder", () => {
  const folder = join(folders.make(), "mails");
  return {
    mailer: createFolderMailer(folder, { now: () => 1_700_000_000_000 }),
    arrived: () =>
      readdirSync(folder).map((name) => {
        const [head = "", text = ""] = readFileSync(join(folder, name), "utf8").split("\r\n\r\n", 2);
        const header = (wanted: string) => new RegExp(`^${wanted}: (.*)$`, "m").exec(head)?.[1]?.trimEnd();
        return {
          to: header("To") ?? "",
          subject: header("Subject") ?? "",
          text: text.trimEnd().replaceAll("\r\n", "\n"),
          unsubscribe: header("List-Unsubscribe"),
          oneClick: header("List-Unsubscribe-Post"),
        };
      }),
  };
});

describe("the mailer of a folder", () => {
  it("lets nothing in a header begin another one, and no id leave the folder", async () => {
    const folder = join(folders.make(), "mails");
    const mailer = createFolderMailer(folder, { now: () => 0 });
    await mailer.send({ ...MAIL, to: "a@b.c\r\nBcc: all@b.c", id: "../../etc/passwd" });
    const [name = ""] = readdirSync(folder);
    expect(name).to.equal(".._.._etc_passwd.eml");
    expect(readFileSync(join(folder, name), "utf8")).to.not.match(/^Bcc:/m);
  });
});

describe("the mailer of SES", () => {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  let ses: LocalSes;
  const mailer = (from = "no-reply@meridian.example") =>
    createSesMailer({ region: "us-east-1", endpoint: ses.url, credentials, from });

  before(async () => {
    ses = await startSes("meridian.example");
  });
  after(() => ses?.close());

  mailerContract("SES", () => ({
    mailer: mailer(),
    arrived: () =>
      ses.sent.map(({ to, subject, text, headers }) => ({
        to: to.join(),
        subject,
        text,
        unsubscribe: headers["List-Unsubscribe"],
        oneClick: headers["List-Unsubscribe-Post"],
      })),
  }));

  it("sends from its own address", () => {
    expect(ses.sent.every(({ from }) => from === "no-reply@meridian.example")).to.equal(true);
  });

  it("tries at once again what failed by the way", async () => {
    const before = ses.sent.length;
    ses.fail(undefined);
    expect(await mailer().send(MAIL)).to.deep.equal({ ok: true });
    ses.fail({ status: 500, code: "InternalFailure" });
    expect(await mailer().send(MAIL)).to.deep.equal({ ok: true });
    expect(ses.sent.length).to.equal(before + 2);
  });

  it("says of what passes that it may be tried later, and of what AWS refuses for good that it may not", async () => {
    // The SDK tries twice what it knows to pass.
    for (const [status, code, tries] of [
      [429, "TooManyRequestsException", 2],
      [503, "ServiceUnavailable", 2],
      [400, "SendingPausedException", 1],
      [400, "LimitExceededException", 2],
    ] as const) {
      ses.fail(...Array.from({ length: tries }, () => ({ status, code })));
      expect(await mailer().send(MAIL), code).to.deep.include({ ok: false, again: true });
    }
    expect(await mailer("somebody@else.example").send(MAIL)).to.deep.include({ ok: false, again: false });
    expect(await mailer().send({ ...MAIL, to: "nobody" })).to.deep.include({ ok: false, again: false });
  });

  it("waits for nobody who is not there", async () => {
    const nowhere = createSesMailer({
      ...{ region: "us-east-1", endpoint: "http://127.0.0.1:1", credentials },
      from: "no-reply@meridian.example",
    });
    expect(await nowhere.send(MAIL)).to.deep.include({ ok: false, again: true });
  });
});
