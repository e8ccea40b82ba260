import { after, before, describe } from "mocha";
import { type LocalKms, startKms } from "#local/aws-local/start-kms.ts";
import { createKmsSealer } from "#shared/adapters/aws/kms/kms-sealer.ts";
import { createLocalSealer } from "#shared/adapters/real/local-sealer.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import { sealerContract } from "./sealer-contract.ts";

describe("sealers", () => {
  let kms: LocalKms;
  const key = systemRandom().bytes(32);

  before(async () => {
    kms = await startKms();
  });
  after(() => kms.close());

  sealerContract({ world: "a local key", open: async () => createLocalSealer(key, systemRandom()) });
  sealerContract({
    world: "KMS",
    open: async () =>
      createKmsSealer({
        region: "us-east-1",
        endpoint: kms.url,
        credentials: { accessKeyId: "local", secretAccessKey: "local" },
        keyId: kms.keyId,
        random: systemRandom(),
      }),
  });
});
