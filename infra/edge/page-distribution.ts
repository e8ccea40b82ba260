import { Construct } from "constructs";
import {
  CloudfrontCachePolicy,
  CloudfrontDistribution,
  CloudfrontOriginAccessControl,
  CloudfrontOriginRequestPolicy,
  CloudfrontResponseHeadersPolicy,
  Route53Record,
} from "../aws.ts";
import { CLOUDFRONT_TLS, ORIGIN_TLS } from "../facts/versions.ts";
import { PrivateBucket } from "../private-bucket.ts";
import { ORIGIN_HEADER } from "../region/gateway-doors.ts";
import type { MeridianStack } from "../stack.ts";

export interface PageDistributionSettings {
  readonly certificateArn: string;
  readonly webAclArn: string;
  readonly originToken: string;
  readonly zoneId: string;
  /** Where sockets go: a VPC origin, or else the public name by which Route 53 chooses. */
  readonly liveOriginId: string | undefined;
}

/** Public market data: the same for everybody, so a second's cache takes most of its load. */
const PUBLIC_PATHS = [
  "/api/v3/aggTrades*",
  "/api/v3/avgPrice*",
  "/api/v3/depth*",
  "/api/v3/exchangeInfo*",
  "/api/v3/klines*",
  "/api/v3/ticker/*",
  "/api/v3/trades*",
] as const;
/** What is somebody's own, or changes something: through the HTTP API, never cached. */
const PRIVATE_PATHS = ["/api/*", "/meridian/*", "/orders"] as const;
/** Sockets: straight to a load balancer. */
const LIVE_PATHS = ["/socket.io/*", "/ws", "/ws/*", "/stream", "/ws-api/*"] as const;

/** CloudFront: the page from a private bucket, cached market data, and the ways to the nearest healthy Region. */
export class PageDistribution extends Construct {
  readonly id: string;
  readonly arn: string;
  readonly bucketName: string;

  constructor(stack: MeridianStack, settings: PageDistributionSettings) {
    super(stack, "page");
    const { domain } = stack.environment.owner;
    const page = new PrivateBucket(stack, "page-files", {
      name: "page",
      // Public files: CloudFront reads them with S3's own key, which needs no grant that names a distribution before there is one.
      keyArn: undefined,
      statements: (bucketArn) => [
        {
          actions: ["s3:GetObject"],
          resources: [`${bucketArn}/*`],
          principals: { Service: ["cloudfront.amazonaws.com"] },
          conditions: {
            StringEquals: { "aws:SourceAccount": stack.accountId },
            ArnLike: { "aws:SourceArn": `arn:aws:cloudfront::${stack.accountId}:distribution/*` },
          },
        },
      ],
    });
    this.bucketName = page.bucket.bucket;
    const access = new CloudfrontOriginAccessControl(this, "access", {
      name: stack.named("page"),
      originAccessControlOriginType: "s3",
      signingBehavior: "always",
      signingProtocol: "sigv4",
    });
    const { files, second, never, everything } = this.policies(stack);
    const common = { viewerProtocolPolicy: "redirect-to-https", compress: true };
    const read = ["GET", "HEAD", "OPTIONS"];
    const all = [...read, "PUT", "PATCH", "POST", "DELETE"];
    const patience = { originReadTimeout: 60, originKeepaliveTimeout: 60 };
    // The host name is what the certificate there must have. Behind a VPC origin it is nothing else, and needs no record.
    const toRegion = (originId: string, vpcOriginId?: string) => ({
      originId,
      domainName: `${originId}.${domain}`,
      customHeader: [{ name: ORIGIN_HEADER, value: settings.originToken }],
      ...(vpcOriginId === undefined
        ? {
            customOriginConfig: {
              httpPort: 80,
              httpsPort: 443,
              originProtocolPolicy: "https-only",
              originSslProtocols: [...ORIGIN_TLS],
              ...patience,
            },
          }
        : { vpcOriginConfig: { vpcOriginId, ...patience } }),
    });
    const distribution = new CloudfrontDistribution(this, "distribution", {
      enabled: true,
      comment: `Meridian ${stack.environment.name}`,
      aliases: [domain],
      defaultRootObject: "index.html",
      httpVersion: "http2and3",
      isIpv6Enabled: true,
      priceClass: "PriceClass_All",
      webAclId: settings.webAclArn,
      origin: [
        {
          originId: "page",
          domainName: page.bucket.bucketRegionalDomainName,
          originAccessControlId: access.id,
        },
        toRegion("live", settings.liveOriginId),
        toRegion("api"),
      ],
      defaultCacheBehavior: {
        ...common,
        targetOriginId: "page",
        allowedMethods: read,
        cachedMethods: ["GET", "HEAD"],
        cachePolicyId: files.cache,
        responseHeadersPolicyId: files.headers,
      },
      orderedCacheBehavior: [
        ...PUBLIC_PATHS.map((pathPattern) => ({
          ...common,
          pathPattern,
          targetOriginId: "api",
          allowedMethods: read,
          cachedMethods: ["GET", "HEAD"],
          cachePolicyId: second,
        })),
        ...PRIVATE_PATHS.map((pathPattern) => ({
          ...common,
          viewerProtocolPolicy: "https-only",
          pathPattern,
          targetOriginId: "api",
          allowedMethods: all,
          cachedMethods: ["GET", "HEAD"],
          cachePolicyId: never,
          originRequestPolicyId: everything,
        })),
        ...LIVE_PATHS.map((pathPattern) => ({
          ...common,
          viewerProtocolPolicy: "https-only",
          pathPattern,
          targetOriginId: "live",
          allowedMethods: all,
          cachedMethods: ["GET", "HEAD"],
          cachePolicyId: never,
          originRequestPolicyId: everything,
        })),
      ],
      restrictions: { geoRestriction: { restrictionType: "none" } },
      viewerCertificate: {
        acmCertificateArn: settings.certificateArn,
        sslSupportMethod: "sni-only",
        minimumProtocolVersion: CLOUDFRONT_TLS,
      },
    });
    this.id = distribution.id;
    this.arn = distribution.arn;
    for (const type of ["A", "AAAA"])
      new Route53Record(this, `name-${type.toLowerCase()}`, {
        zoneId: settings.zoneId,
        name: domain,
        type,
        alias: {
          name: distribution.domainName,
          zoneId: distribution.hostedZoneId,
          evaluateTargetHealth: false,
        },
      });
  }

  private policies(stack: MeridianStack) {
    const keyedBy = (what: { query: boolean }) => ({
      cookiesConfig: { cookieBehavior: "none" },
      headersConfig: { headerBehavior: "none" },
      queryStringsConfig: { queryStringBehavior: what.query ? "all" : "none" },
      enableAcceptEncodingBrotli: true,
      enableAcceptEncodingGzip: true,
    });
    const files = new CloudfrontCachePolicy(this, "cache-files", {
      name: stack.named("files"),
      minTtl: 0,
      defaultTtl: 3600,
      maxTtl: 31_536_000,
      parametersInCacheKeyAndForwardedToOrigin: keyedBy({ query: false }),
    });
    const second = new CloudfrontCachePolicy(this, "cache-second", {
      name: stack.named("market-data"),
      minTtl: 1,
      defaultTtl: 1,
      maxTtl: 60,
      parametersInCacheKeyAndForwardedToOrigin: keyedBy({ query: true }),
    });
    const never = new CloudfrontCachePolicy(this, "cache-never", {
      name: stack.named("never"),
      minTtl: 0,
      defaultTtl: 0,
      maxTtl: 0,
      parametersInCacheKeyAndForwardedToOrigin: {
        cookiesConfig: { cookieBehavior: "none" },
        headersConfig: { headerBehavior: "none" },
        queryStringsConfig: { queryStringBehavior: "none" },
      },
    });
    // All but Host, by which the HTTP API and the load balancers know themselves.
    const everything = new CloudfrontOriginRequestPolicy(this, "everything", {
      name: stack.named("everything"),
      cookiesConfig: { cookieBehavior: "all" },
      headersConfig: { headerBehavior: "allExcept", headers: { items: ["Host"] } },
      queryStringsConfig: { queryStringBehavior: "all" },
    });
    const headers = new CloudfrontResponseHeadersPolicy(this, "headers", {
      name: stack.named("page"),
      securityHeadersConfig: {
        strictTransportSecurity: {
          override: true,
          accessControlMaxAgeSec: 31_536_000,
          includeSubdomains: true,
        },
        contentTypeOptions: { override: true },
        frameOptions: { override: true, frameOption: "DENY" },
        referrerPolicy: { override: true, referrerPolicy: "same-origin" },
        contentSecurityPolicy: {
          override: true,
          contentSecurityPolicy: `default-src 'self'; connect-src 'self' wss://${stack.environment.owner.domain}; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'`,
        },
      },
    });
    return {
      files: { cache: files.id, headers: headers.id },
      second: second.id,
      never: never.id,
      everything: everything.id,
    };
  }
}
