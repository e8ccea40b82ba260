import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface LocalKms {
  readonly url: string;
  /** Its one key. */
  readonly keyId: string;
  close(): Promise<void>;
}

interface KmsRequest {
  readonly KeyId?: string;
  readonly CiphertextBlob?: string;
  readonly EncryptionContext?: Readonly<Record<string, string>>;
}

/** Starts a KMS with one key, which lives as long as the process does: `GenerateDataKey` and `Decrypt` in KMS's protocol, with real cryptography. */
export async function startKms(master: Uint8Array = randomBytes(32), keyId = "mrk-local"): Promise<LocalKms> {
  const server = createServer(async (message, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    const operation = String(message.headers["x-amz-target"]).split(".").at(-1) ?? "";
    const answer = answerOf(
      master,
      keyId,
      operation,
      JSON.parse(Buffer.concat(chunks).toString()) as KmsRequest,
    );
    response.writeHead("__type" in answer ? 400 : 200, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify(answer));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    keyId,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function answerOf(master: Uint8Array, keyId: string, operation: string, request: KmsRequest) {
  if (request.KeyId !== undefined && request.KeyId !== keyId)
    return { __type: operation === "Decrypt" ? "IncorrectKeyException" : "NotFoundException" };
  const context = JSON.stringify(Object.entries(request.EncryptionContext ?? {}).sort());
  switch (operation) {
    case "GenerateDataKey": {
      const key = randomBytes(32);
      const CiphertextBlob = seal(master, context, key).toString("base64");
      return { KeyId: keyId, Plaintext: key.toString("base64"), CiphertextBlob };
    }
    case "Decrypt":
      try {
        const key = open(master, context, Buffer.from(request.CiphertextBlob ?? "", "base64"));
        return { KeyId: keyId, Plaintext: key.toString("base64") };
      } catch {
        return { __type: "InvalidCiphertextException" };
      }
    default:
      return { __type: "UnsupportedOperationException" };
  }
}

function seal(master: Uint8Array, context: string, key: Uint8Array): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", master, nonce, { authTagLength: 16 });
  cipher.setAAD(Buffer.from(context));
  return Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
}

function open(master: Uint8Array, context: string, sealed: Buffer): Buffer {
  const decipher = createDecipheriv("aes-256-gcm", master, sealed.subarray(0, 12), { authTagLength: 16 });
  decipher.setAAD(Buffer.from(context)).setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
}
