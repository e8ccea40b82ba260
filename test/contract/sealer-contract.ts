import { expect } from "chai";
import { afterEach, describe, it } from "mocha";
import type { Sealer } from "#shared/ports/sealer.ts";
import { failureOf } from "./support/failure-of.ts";

/** Sealers of one world: each call gives one with the same key. */
export interface SealerWorld {
  readonly world: string;
  open(): Promise<Sealer>;
}

/** What every `Sealer` promises (shared/ports/sealer.ts). */
export function sealerContract({ world, open }: SealerWorld): void {
  describe(`the sealer of secrets (${world})`, () => {
    const opened: Sealer[] = [];
    const sealer = async () => {
      const one = await open();
      opened.push(one);
      return one;
    };
    const secret = Uint8Array.from({ length: 64 }, (_, at) => at);

    afterEach(() => {
      for (const one of opened.splice(0)) one.close();
    });

    it("opens what it sealed, also another one with the same key", async () => {
      const sealed = await (await sealer()).seal("api", secret);
      expect(Uint8Array.from(await (await sealer()).open("api", sealed))).to.deep.equal(secret);
    });

    it("seals an empty secret, and each time differently", async () => {
      const one = await sealer();
      const [first, second] = [await one.seal("a", new Uint8Array()), await one.seal("a", new Uint8Array())];
      expect(Buffer.from(first).equals(second)).to.equal(false);
      expect(await one.open("a", second)).to.have.length(0);
    });

    it("opens nothing under another name, nothing changed, nothing cut", async () => {
      const one = await sealer();
      const sealed = await one.seal("api", secret);
      expect(await failureOf(one.open("other", sealed))).to.have.property("name", "SealBroken");
      for (const at of [0, 2, 5, sealed.length - 70, sealed.length - 1]) {
        const changed = Uint8Array.from(sealed);
        changed[at] = (changed[at] ?? 0) ^ 1;
        expect(await failureOf(one.open("api", changed)), `byte ${at}`).to.have.property(
          "name",
          "SealBroken",
        );
      }
      expect(await failureOf(one.open("api", sealed.subarray(0, -1)))).to.have.property("name", "SealBroken");
      expect(await failureOf(one.open("api", new Uint8Array()))).to.have.property("name", "SealBroken");
    });
  });
}
