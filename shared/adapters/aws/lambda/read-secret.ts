import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { assert } from "#shared/domain/invariant.ts";

/** The value of a secret in Secrets Manager, as text. */
export async function readSecret(region: string, arn: string): Promise<string> {
  const client = new SecretsManagerClient({ region });
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    assert(SecretString !== undefined, "our secrets are text");
    return SecretString;
  } finally {
    client.destroy();
  }
}
