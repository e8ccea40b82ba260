import { DecryptCommand, GenerateDataKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { openWith, sealWith } from "#shared/adapters/real/aes-gcm.ts";
import { assert } from "#shared/domain/invariant.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import type { Random } from "#shared/ports/random.ts";
import { SealBroken, type Sealer } from "#shared/ports/sealer.ts";
import { clientConfig, type ServicePlace } from "../client-config.ts";

export interface KmsSealerOptions extends ServicePlace {
  /** A multi-Region key, so that every Region opens what any of them sealed. */
  readonly keyId: string;
  readonly random: Random;
}

/** KMS did not answer, or refuses. */
export class KmsFailed extends OperatingError {
  override readonly name = "KmsFailed";
}

const VERSION = 1;
const REQUEST_TIMEOUT_MS = 5000;
const ATTEMPTS = 4;
const MISMATCHES = new Set(["InvalidCiphertextException", "IncorrectKeyException"]);

/**
 * Envelope encryption: KMS makes a key for each secret and keeps none; the secret is sealed with it here, and the key, sealed by KMS, stands beside it. The
 * name is KMS's encryption context, so CloudTrail tells which secret was opened, and policies can tell them apart.
 */
export function createKmsSealer(options: KmsSealerOptions): Sealer {
  const { keyId, random } = options;
  const client = new KMSClient(
    clientConfig(options, { attempts: ATTEMPTS, requestTimeoutMs: REQUEST_TIMEOUT_MS }),
  );
  return {
    seal: async (name, secret) => {
      const { Plaintext: key, CiphertextBlob: sealedKey } = await asked(name, () =>
        client.send(
          new GenerateDataKeyCommand({ KeyId: keyId, KeySpec: "AES_256", EncryptionContext: { name } }),
        ),
      );
      assert(key !== undefined && sealedKey !== undefined, "KMS answers with a key");
      const head = Buffer.alloc(3);
      head.writeUInt8(VERSION, 0);
      head.writeUInt16BE(sealedKey.length, 1);
      return Buffer.concat([head, sealedKey, sealWith(key, random, name, secret)]);
    },
    open: async (name, sealed) => {
      const bytes = Buffer.from(sealed);
      if (bytes.length < 3 || bytes.readUInt8(0) !== VERSION)
        throw new SealBroken(`The secret ${name} has no form that is known.`);
      const end = 3 + bytes.readUInt16BE(1);
      const { Plaintext: key } = await asked(name, () =>
        client.send(
          new DecryptCommand({
            KeyId: keyId,
            CiphertextBlob: bytes.subarray(3, end),
            EncryptionContext: { name },
          }),
        ),
      );
      assert(key !== undefined, "KMS answers with a key");
      return openWith(key, name, bytes.subarray(end));
    },
    close: () => client.destroy(),
  };
}

async function asked<T>(name: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const { name: kind, message } = error instanceof Error ? error : new Error(String(error));
    if (MISMATCHES.has(kind))
      throw new SealBroken(`The secret ${name} cannot be opened: it, its name or the key is another one.`);
    throw new KmsFailed(`KMS, for the secret ${name}: ${kind}: ${message}`);
  }
}
