import { Construct } from "constructs";
import { SecretsmanagerSecret, SecretsmanagerSecretVersion } from "./aws.ts";
import type { MeridianStack } from "./stack.ts";

export interface GeneratedSecretSettings {
  readonly name: string;
  readonly what: string;
  readonly keyArn: string;
  readonly length: number;
  /** Where given, the secret is JSON with this user and the password, as database clients want it. */
  readonly user?: string;
  /** Other Regions that get a copy, and the keys that encrypt it there. */
  readonly copies?: ReadonlyMap<string, string>;
}

/** A secret's ARN by its name. AWS appends a hyphen and six characters, and finds it without them too. */
export function secretArn(stack: MeridianStack, name: string): string {
  return `arn:aws:secretsmanager:${stack.region}:${stack.accountId}:secret:${stack.named(name)}`;
}

/** The same, as policies want it. */
export function secretArnPattern(stack: MeridianStack, name: string): string {
  return `${secretArn(stack, name)}-??????`;
}

/**
 * A secret that Terraform lets Secrets Manager draw and hands over without seeing it: an ephemeral resource makes it, a write-only argument
 * takes it, so it is in no plan and no state. A higher version draws a new one.
 */
export class GeneratedSecret extends Construct {
  readonly arn: string;
  readonly version: SecretsmanagerSecretVersion;
  /** The drawn value, for write-only arguments of the same stack. */
  readonly value: string;

  constructor(
    stack: MeridianStack,
    id: string,
    { name, what, keyArn, length, user, copies = new Map() }: GeneratedSecretSettings,
  ) {
    super(stack, id);
    const secret = new SecretsmanagerSecret(this, "secret", {
      name: stack.named(name),
      description: what,
      kmsKeyId: keyArn,
      replica: [...copies].map(([region, kmsKeyId]) => ({ region, kmsKeyId })),
      recoveryWindowInDays: stack.environment.deletionProtection ? 30 : 0,
    });
    const draw = `${id.replaceAll("-", "_")}_draw`;
    const secretId = `${secret.terraformResourceType}.${secret.friendlyUniqueId}.id`;
    stack.addOverride(`ephemeral.aws_secretsmanager_random_password.${draw}`, {
      // Unknown while the secret has yet to be made, which keeps a plan from drawing a value that nobody will use.
      password_length: `\${${secretId} == "" ? ${length + 1} : ${length}}`,
      exclude_punctuation: true,
    });
    this.value = `\${ephemeral.aws_secretsmanager_random_password.${draw}.random_password}`;
    this.version = new SecretsmanagerSecretVersion(this, "value", {
      secretId: secret.id,
      secretStringWo:
        user === undefined
          ? this.value
          : `\${jsonencode({ username = "${user}", password = ephemeral.aws_secretsmanager_random_password.${draw}.random_password })}`,
      secretStringWoVersion: 1,
    });
    // The secret's own, told by its value: who reads it waits until there is one.
    this.arn = this.version.arn;
  }
}
