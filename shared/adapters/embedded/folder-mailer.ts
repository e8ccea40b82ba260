import { mkdirSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Mailer } from "#shared/ports/mailer.ts";

/** Puts mails into a folder instead of sending them, one file a mail, in the form in which they would travel. */
export function createFolderMailer(folder: string): Mailer {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    send: async ({ to, subject, text, id }) => {
      const name = id.replaceAll(/[^\w.-]/g, "_");
      const lines = [`Message-ID: <${id}>`, `To: ${header(to)}`, `Subject: ${header(subject)}`];
      try {
        const draft = join(folder, `.${name}`);
        await writeFile(
          draft,
          `${lines.join("\r\n")}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${text}\r\n`,
        );
        await rename(draft, join(folder, `${name}.eml`));
        return true;
      } catch {
        return false;
      }
    },
  };
}

/** Nothing in a header begins another one. */
function header(text: string): string {
  return text.replaceAll(/[\r\n]+/g, " ");
}
