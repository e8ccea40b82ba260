import { mkdirSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "#shared/ports/clock.ts";
import type { Mail, Mailer } from "#shared/ports/mailer.ts";

/** Puts mails into a folder instead of sending them, one file a mail, in the form in which they would travel (RFC 5322): a mail program opens them. */
export function createFolderMailer(folder: string, clock: Pick<Clock, "now">): Mailer {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    send: async (mail) => {
      const name = mail.id.replaceAll(/[^\w.-]/g, "_");
      try {
        const draft = join(folder, `.${name}`);
        await writeFile(draft, messageOf(mail, clock.now()), { mode: 0o600 });
        await rename(draft, join(folder, `${name}.eml`));
        return { ok: true };
      } catch (error) {
        return { ok: false, again: true, reason: (error as Error).message };
      }
    },
  };
}

function messageOf({ to, subject, text, id, unsubscribeUrl }: Mail, now: number): string {
  const headers = [
    ["Date", new Date(now).toUTCString()],
    ["From", "Meridian <no-reply@localhost>"],
    ["To", to],
    ["Subject", subject],
    ["Message-ID", `<${id}@localhost>`],
    ...(unsubscribeUrl === undefined
      ? []
      : [
          ["List-Unsubscribe", `<${unsubscribeUrl}>`],
          ["List-Unsubscribe-Post", "List-Unsubscribe=One-Click"],
        ]),
    ["MIME-Version", "1.0"],
    ["Content-Type", "text/plain; charset=utf-8"],
    ["Content-Transfer-Encoding", "8bit"],
  ] as const;
  const head = headers.map(([name, value]) => `${name}: ${header(value)}\r\n`).join("");
  return `${head}\r\n${text.replaceAll(/\r?\n/g, "\r\n")}\r\n`;
}

/** Nothing in a header begins another one. */
function header(text: string): string {
  return text.replaceAll(/[\r\n]+/g, " ");
}
