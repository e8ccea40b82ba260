import { Construct } from "constructs";
import { AcmCertificate, AcmCertificateValidation } from "./aws.ts";
import type { Environment } from "./environments/environment.ts";
import type { MeridianStack } from "./stack.ts";

/** One certificate covers all names of an environment, so all are one level below its domain. */
export function certificateSettings({ owner }: Environment) {
  return {
    domainName: owner.domain,
    subjectAlternativeNames: [`*.${owner.domain}`],
    validationMethod: "DNS",
    lifecycle: { createBeforeDestroy: true },
  };
}

/** The certificate in the stack's Region, once AWS has seen the proof that the foundation put into the zone. */
export class Certificate extends Construct {
  readonly arn: string;

  constructor(stack: MeridianStack) {
    super(stack, "certificate");
    const certificate = new AcmCertificate(this, "certificate", certificateSettings(stack.environment));
    const valid = new AcmCertificateValidation(this, "valid", { certificateArn: certificate.arn });
    this.arn = valid.certificateArn;
  }
}
