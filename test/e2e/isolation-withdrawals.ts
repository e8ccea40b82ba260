import { expect } from "chai";
import type { IsolationStage } from "./isolation-stage.ts";

const PATH = "/meridian/v1/withdrawals";

/** Bob takes out what is his, whoever's account he names. */
export function withdrawalCases(
  stage: () => IsolationStage,
): Readonly<Record<string, () => Promise<unknown>>> {
  const withdraw = (headers: Readonly<Record<string, string>>) => {
    const { gateway, bob, alice } = stage();
    const sent = { asset: "USDT", amount: "1", shard: "shard-1", account: alice.account };
    return gateway.send("POST", PATH, {
      headers: { Authorization: `Bearer ${bob.token}`, "Content-Type": "application/json", ...headers },
      body: JSON.stringify(sent),
    });
  };
  const free = async () => {
    const { balances } = await stage().ofBob("/api/v3/account");
    return Number(balances.find(({ asset }: { asset: string }) => asset === "USDT")?.free);
  };
  return {
    [`POST ${PATH}`]: async () => {
      // Without a name that makes it one, nothing leaves.
      const unnamed = await withdraw({});
      expect([unnamed.status, unnamed.body.code]).to.deep.equal([400, -1102]);
      const before = await free();
      const taken = await withdraw({ "Idempotency-Key": "bobs-own" });
      expect(taken.status, JSON.stringify(taken.body)).to.equal(201);
      expect(before - (await free())).to.equal(1);
    },
  };
}
