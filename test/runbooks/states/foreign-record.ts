import { openSqliteCommandLog } from "#shared/adapters/embedded/sqlite-command-log.ts";
import type { State } from "./state.ts";

const OWNER = "us-east-1";

/** Bytes that are no command come into the owner's log past its gateway, as of a producer that is broken or has no business there. Nothing takes them out again: they have a seq. */
export const foreignRecord: State = {
  make: async (stage) => {
    const log = openSqliteCommandLog({ file: stage.file(OWNER, "crypto-1.log.db"), known: true });
    try {
      const result = await log.append(Buffer.from("GET / HTTP/1.1"));
      if (!result.ok) throw new Error(`the log took no record: ${result.error}`);
    } finally {
      await log.close();
    }
  },
  end: async () => {},
};
