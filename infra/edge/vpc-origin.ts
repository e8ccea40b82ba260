import { Construct } from "constructs";
import { CloudfrontVpcOrigin } from "../aws.ts";
import { ORIGIN_TLS } from "../facts/versions.ts";
import type { MeridianStack } from "../stack.ts";

/**
 * A load balancer inside a network, for CloudFront: AWS puts a network interface of CloudFront's beside it, in its subnets. It leads to this balancer and no other, so it serves
 * one Region. AWS makes the security group `CloudFront-VPCOrigins-Service-SG` with it and asks for an internet gateway in the network, which carries none of it
 * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html). Sockets go by it since May 2026
 * (https://aws.amazon.com/about-aws/whats-new/2026/05/amazon-cloudfront-websockets-vpc-origins/).
 *
 * While a distribution leads to it AWS changes nothing of it: for another balancer the stack goes first, then comes again.
 */
export class VpcOrigin extends Construct {
  readonly id: string;

  constructor(stack: MeridianStack, name: string, balancerArn: string) {
    super(stack, `${name}-origin`);
    const origin = new CloudfrontVpcOrigin(this, "origin", {
      vpcOriginEndpointConfig: [
        {
          name: stack.named(name),
          arn: balancerArn,
          // The API wants both ports; by the protocol only the second is used.
          httpPort: 80,
          httpsPort: 443,
          originProtocolPolicy: "https-only",
          originSslProtocols: [{ items: [...ORIGIN_TLS], quantity: ORIGIN_TLS.length }],
        },
      ],
      // 15 minutes are usual.
      timeouts: { create: "45m", delete: "45m" },
    });
    this.id = origin.id;
  }
}
