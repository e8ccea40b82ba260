import { DataTerraformRemoteStateS3, S3Backend, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { resourceName } from "#shared/config/aws/names.ts";
import { AwsProvider } from "./aws.ts";
import type { Environment } from "./environments/environment.ts";
import type { RegionName } from "./facts/regions.ts";

/** The AWS provider that applies; the bindings are made from its schema, and an offline mirror must hold it. */
export const AWS_PROVIDER_VERSION = "5.100.0";
export const TERRAFORM_VERSION = ">= 1.11.0";

/**
 * One unit of applying, with a state of its own. Its provider works in one Region; others get theirs by `providerIn`.
 *
 * Stacks find each other's resources by their names (shared/config/aws). What only AWS can name (a key's id, an endpoint) is handed on by
 * `handOver`, and read by `take`.
 */
export abstract class MeridianStack extends TerraformStack {
  readonly environment: Environment;
  readonly region: RegionName;
  private readonly providers = new Map<RegionName, AwsProvider>();
  private readonly states = new Map<string, DataTerraformRemoteStateS3>();

  constructor(scope: Construct, id: string, environment: Environment, region: RegionName) {
    super(scope, id);
    this.environment = environment;
    this.region = region;
    this.addOverride("terraform.required_version", TERRAFORM_VERSION);
    // Said here, not by the bindings: other bindings are no reason to change the provider under a state.
    this.addOverride("terraform.required_providers.aws", {
      source: "hashicorp/aws",
      version: AWS_PROVIDER_VERSION,
    });
    this.providers.set(region, this.provider(region, undefined));
    new S3Backend(this, stateAddress(environment, id));
    this.addOverride("terraform.backend.s3.use_lockfile", true);
  }

  /** `meridian-prod-<what>`. */
  named(what: string): string {
    return resourceName(this.environment.name, what);
  }

  /** The name of what an account has once, so that each Region's is another. */
  namedHere(what: string): string {
    return this.named(`${what}-${this.region}`);
  }

  get accountId(): string {
    return this.environment.owner.accountId;
  }

  /** The provider for another Region, for the few things that one stack has in many. */
  providerIn(region: RegionName): AwsProvider {
    const known = this.providers.get(region);
    if (known !== undefined) return known;
    const made = this.provider(region, region.replaceAll("-", "_"));
    this.providers.set(region, made);
    return made;
  }

  /** Makes a value readable by stacks that are applied later. */
  handOver(name: string, value: string, { isSecret = false } = {}): void {
    new TerraformOutput(this, name, { value, staticId: true, ...(isSecret ? { sensitive: true } : {}) });
  }

  /** Reads what another stack handed over, and is applied after it. */
  take(from: MeridianStack, name: string): string {
    const id = from.node.id;
    let state = this.states.get(id);
    if (state === undefined) {
      this.addDependency(from);
      state = new DataTerraformRemoteStateS3(this, `state-${id}`, stateAddress(this.environment, id));
      state.overrideLogicalId(`state_${id.replaceAll("-", "_")}`);
      this.states.set(id, state);
    }
    return state.getString(name);
  }

  private provider(region: RegionName, alias: string | undefined): AwsProvider {
    return new AwsProvider(this, `aws-${region}`, {
      region,
      ...(alias === undefined ? {} : { alias }),
      allowedAccountIds: [this.environment.owner.accountId],
      defaultTags: [
        {
          tags: {
            Project: "meridian",
            Environment: this.environment.name,
            Stack: this.node.id,
            ManagedBy: "cdktf",
          },
        },
      ],
    });
  }
}

/** Where a stack's state is kept: the bucket that the `bootstrap` stack makes, in the home Region. */
export function stateAddress(environment: Environment, stack: string) {
  return {
    bucket: stateBucket(environment),
    key: `${environment.name}/${stack}.tfstate`,
    region: homeRegion(environment),
    encrypt: true,
  };
}

/** Bucket names are the whole world's, so the account's id is part of it. */
export function stateBucket({ name, owner }: Environment): string {
  return `${resourceName(name, "state")}-${owner.accountId}`;
}

export function homeRegion(environment: Environment): RegionName {
  const [home] = environment.regions;
  if (home === undefined) throw new Error(`environment ${environment.name} has no Region`);
  return home.name;
}
