import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface LocalSecrets {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts a Secrets Manager that gives the secrets it was started with, by their ARNs: `GetSecretValue`. */
export async function startSecrets(secrets: ReadonlyMap<string, string>): Promise<LocalSecrets> {
  const server = createServer(async (message, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    const { SecretId = "" } = JSON.parse(Buffer.concat(chunks).toString()) as { readonly SecretId?: string };
    const isKnown =
      String(message.headers["x-amz-target"]).endsWith(".GetSecretValue") && secrets.has(SecretId);
    response.writeHead(isKnown ? 200 : 400, { "content-type": "application/x-amz-json-1.1" });
    response.end(
      JSON.stringify(
        isKnown
          ? { ARN: SecretId, SecretString: secrets.get(SecretId) }
          : { __type: "ResourceNotFoundException" },
      ),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
