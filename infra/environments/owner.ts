import type { Owner } from "./environment.ts";

/** AWS's and the IETF's own examples: enough to synthesize, validate and plan; an apply stops at the account's id. */
const EXAMPLE: Owner = {
  accountId: "111122223333",
  domain: "meridian.example",
  alertEmail: "alerts@meridian.example",
  repository: "example/meridian",
  imageTag: "0.1.0",
};

/** The owner from the variables that the README's walk sets; what is not set keeps its example. */
export function ownerFromVariables(env: Readonly<Record<string, string | undefined>>): Owner {
  return {
    accountId: env.MERIDIAN_ACCOUNT_ID || EXAMPLE.accountId,
    domain: env.MERIDIAN_DOMAIN || EXAMPLE.domain,
    alertEmail: env.MERIDIAN_ALERT_EMAIL || EXAMPLE.alertEmail,
    repository: env.MERIDIAN_REPOSITORY || EXAMPLE.repository,
    imageTag: env.MERIDIAN_IMAGE_TAG || EXAMPLE.imageTag,
  };
}

/** Whether this is nobody's account yet. */
export function isExample(owner: Owner): boolean {
  return owner.accountId === EXAMPLE.accountId;
}
