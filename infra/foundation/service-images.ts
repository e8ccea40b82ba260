import { Construct } from "constructs";
import {
  EcrLifecyclePolicy,
  EcrRegistryScanningConfiguration,
  EcrReplicationConfiguration,
  EcrRepository,
} from "../aws.ts";
import type { MeridianStack } from "../stack.ts";

/** The images of the services: one repository, as they are one image with several commands. Copied to each Region, so that none needs another to start a task. */
export class ServiceImages extends Construct {
  constructor(stack: MeridianStack, keyArn: string) {
    super(stack, "images");
    const others = stack.environment.regions.filter(({ name }) => name !== stack.region);
    const repository = new EcrRepository(this, "repository", {
      name: stack.named("services"),
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: [{ encryptionType: "KMS", kmsKey: keyArn }],
      forceDelete: !stack.environment.deletionProtection,
    });
    new EcrLifecyclePolicy(this, "lifecycle", {
      repository: repository.name,
      policy: JSON.stringify({
        rules: [
          {
            rulePriority: 1,
            description: "keep the newest 50",
            selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 50 },
            action: { type: "expire" },
          },
        ],
      }),
    });
    new EcrRegistryScanningConfiguration(this, "scanning", {
      scanType: "BASIC",
      rule: [
        {
          scanFrequency: "SCAN_ON_PUSH",
          repositoryFilter: [{ filter: stack.named("*"), filterType: "WILDCARD" }],
        },
      ],
    });
    if (others.length > 0)
      new EcrReplicationConfiguration(this, "replication", {
        replicationConfiguration: {
          rule: [
            {
              destination: others.map(({ name }) => ({ region: name, registryId: stack.accountId })),
              repositoryFilter: [{ filter: stack.named("services"), filterType: "PREFIX_MATCH" }],
            },
          ],
        },
      });
  }
}
