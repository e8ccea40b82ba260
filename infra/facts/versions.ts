/** Versions of what AWS runs for us, and of the sidecars. Changed on purpose, one at a time, through staging. */
export const AURORA_ENGINE = "aurora-postgresql";
/** 16.3 is the first whose serverless units may go down to 0. */
export const AURORA_VERSION = "16.6";
export const AURORA_FAMILY = "aurora-postgresql16";
export const CACHE_ENGINE = "valkey";
export const CACHE_VERSION = "8.0";
export const CACHE_FAMILY = "valkey8";
export const SEARCH_VERSION = "OpenSearch_2.17";
export const LAMBDA_RUNTIME = "nodejs22.x";
/** TLS 1.3, and 1.2 with forward secrecy. */
export const ALB_TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06";
export const CLOUDFRONT_TLS = "TLSv1.2_2021";
/** The newest that CloudFront speaks to origins. */
export const ORIGIN_TLS: readonly string[] = ["TLSv1.2"];
export const COLLECTOR_IMAGE = "public.ecr.aws/aws-observability/aws-otel-collector:v0.43.1";
export const LOG_ROUTER_IMAGE = "public.ecr.aws/aws-observability/aws-for-fluent-bit:2.32.5";
export const FAULT_AGENT_IMAGE = "public.ecr.aws/amazon-ssm-agent/amazon-ssm-agent:3.3.1611.0";
