import { assert } from "#shared/domain/invariant.ts";
import type { LogMarks } from "#shared/ports/log-marks.ts";

/** The marks of a log as another Region's readers have them: the owner of the log makes and forgets them, so positions are the ones that it sees. */
export function foreignMarks(marks: LogMarks): LogMarks {
  return {
    list: (log) => marks.list(log),
    trimmed: (log) => marks.trimmed(log),
    put: async () => {},
    trim: async () => assert(false, "a log is trimmed where it is written"),
    close: () => marks.close(),
  };
}
