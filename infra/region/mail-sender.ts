import { Fn } from "cdktf";
import { Construct } from "constructs";
import { Route53Record, Sesv2EmailIdentity } from "../aws.ts";
import type { MeridianStack } from "../stack.ts";

/** SES signs with three keys, of which two rest. */
const DKIM_KEYS = 3;

/** The Region's right to send mail from the environment's domain, proven by signatures whose keys stand in the zone. */
export class MailSender extends Construct {
  constructor(stack: MeridianStack, zoneId: string) {
    super(stack, "mail");
    const { domain } = stack.environment.owner;
    const identity = new Sesv2EmailIdentity(this, "identity", {
      emailIdentity: domain,
      dkimSigningAttributes: { nextSigningKeyLength: "RSA_2048_BIT" },
    });
    for (let at = 0; at < DKIM_KEYS; at += 1) {
      const token = Fn.element(identity.dkimSigningAttributes.tokens, at);
      new Route53Record(this, `key-${at + 1}`, {
        zoneId,
        name: `${token}._domainkey.${domain}`,
        type: "CNAME",
        records: [`${token}.dkim.amazonses.com`],
        ttl: 1800,
      });
    }
  }
}
