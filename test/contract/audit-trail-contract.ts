import { expect } from "chai";
import { describe, it } from "mocha";
import type { AuditEntry } from "#shared/ports/audit-trail.ts";
import type { Adapters } from "./support/adapters.ts";
import { storesOf } from "./support/places.ts";

/** What every `AuditTrail` promises (shared/ports/audit-trail.ts). */
export function auditTrailContract(
  adapters: Pick<Adapters, "world" | "makePlace" | "removePlace" | "audit">,
): void {
  describe(`the audit trail (${adapters.world})`, () => {
    const stores = storesOf(adapters, adapters.audit.open);

    it("gives what was written, the newest first, page by page", async () => {
      const trail = await stores.fresh();
      for (let at = 1; at <= 5; at++) await trail.write(entryOf(at));
      const first = await trail.read({ limit: 2 });
      expect(first).to.deep.equal([entryOf(5), entryOf(4)]);
      const rest = await trail.read({ limit: 10, before: entryOf(4).id });
      expect(rest).to.deep.equal([entryOf(3), entryOf(2), entryOf(1)]);
    });

    it("keeps it over closing and opening again", async () => {
      const place = await stores.place();
      const trail = await stores.open(place);
      await trail.write(entryOf(1));
      await trail.close();
      expect(await (await stores.open(place)).read({ limit: 10 })).to.deep.equal([entryOf(1)]);
    });

    it("changes nothing that it holds, whatever is written under its id", async () => {
      const trail = await stores.fresh();
      await trail.write(entryOf(1));
      await trail.write({ ...entryOf(1), operator: "mallory" });
      expect(await trail.read({ limit: 10 })).to.deep.equal([entryOf(1)]);
    });
  });
}

function entryOf(at: number): AuditEntry {
  const id = `${String(at).padStart(9, "0")}-0000000${at}`;
  return {
    ...{ id, action: id, time: 1_700_000_000_000 + at, operator: "ada", from: "192.0.2.1" },
    ...{ operation: "promote", request: '{"shard":"crypto-1"}', outcome: at % 2 === 0 ? "refused" : "begun" },
    code: at % 2 === 0 ? -9054 : 0,
  };
}
