import { expect } from "chai";
import { reconciliationOf } from "#test/support/reconciliation-of.ts";
import type { IsolationStage } from "./isolation-stage.ts";

/** What Bob is told of a fork in which Alice lost a fill: that there was one, and nothing of her. */
export function reconciliationCases(
  stage: () => IsolationStage,
): Readonly<Record<string, () => Promise<unknown>>> {
  const alicesReconciliation = () => reconciliationOf(stage().alice.account, stage().alice.account);
  return {
    "GET /meridian/v1/reconciliations": async () => {
      await stage().gateway.reconciliations.put(alicesReconciliation());
      const { reconciliations } = await stage().ofBob("/meridian/v1/reconciliations");
      expect(reconciliations).to.have.length(1);
      stage().expectNothingOfAlice(reconciliations);
    },
    "GET /meridian/v1/reconciliations/:id": async () => {
      const reconciliation = alicesReconciliation();
      await stage().gateway.reconciliations.put(reconciliation);
      const path = `/meridian/v1/reconciliations/${reconciliation.id}`;
      const { body: own } = await stage().gateway.signed(stage().alice, "GET", path, {});
      expect(own.trades[0].own).to.have.length(2);
      expect(own.ownCompensation).to.have.length(4);
      const found = await stage().ofBob(path);
      const { ownCommands, ownAdjustments, ownCompensation } = found;
      expect({ ownCommands, ownAdjustments, ownCompensation }).to.deep.equal({
        ownCommands: [],
        ownAdjustments: [],
        ownCompensation: [],
      });
      expect(found.trades[0].own).to.deep.equal([]);
      stage().expectNothingOfAlice(found);
      const { status, body } = await stage().asBob("GET", "/meridian/v1/reconciliations/shard-1:none");
      expect({ status, code: body.code }).to.deep.equal({ status: 404, code: -9055 });
    },
    "GET /meridian/v1/adjustments": async () => {
      await stage().gateway.reconciliations.put(alicesReconciliation());
      const { body: own } = await stage().gateway.signed(
        stage().alice,
        "GET",
        "/meridian/v1/adjustments",
        {},
      );
      expect(own.adjustments).to.have.length(1);
      // One that is replayed at the moment takes nothing from what the limit allows.
      const replaying = { ...alicesReconciliation(), id: "shard-1:test.78", state: "replaying" } as const;
      await stage().gateway.reconciliations.put(replaying);
      const { body: newest } = await stage().gateway.signed(
        stage().alice,
        "GET",
        "/meridian/v1/adjustments",
        { limit: "1" },
      );
      expect(newest).to.deep.equal(own);
      expect(await stage().ofBob("/meridian/v1/adjustments")).to.deep.equal({ adjustments: [] });
    },
  };
}
