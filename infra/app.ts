import { App, type AppConfig } from "cdktf";
import { BootstrapStack } from "./bootstrap/bootstrap-stack.ts";
import type { Bundles } from "./bundles/bundles.ts";
import { EdgeStack } from "./edge/edge-stack.ts";
import { checkEnvironment } from "./environments/check-environment.ts";
import type { Environment } from "./environments/environment.ts";
import { ExperimentsStack } from "./experiments/experiments-stack.ts";
import { FoundationStack } from "./foundation/foundation-stack.ts";
import { ObservabilityStack } from "./observability/observability-stack.ts";
import { RegionStack } from "./region/region-stack.ts";
import { type MeridianStack, TERRAFORM_VERSION } from "./stack.ts";

/** The platform of one environment: its stacks in the order of applying. */
export interface Platform {
  readonly app: App;
  readonly stacks: readonly MeridianStack[];
}

export interface PlatformSettings {
  readonly environment: Environment;
  readonly bundles: Bundles;
  /** Where the Terraform JSON goes; cdktf's own folder otherwise. */
  readonly outdir?: string;
}

/**
 * Puts an environment's stacks together. Order: bootstrap (by hand, once), foundation, the Regions one after the other (a bad change stops at the first),
 * edge, observability, experiments. Throws `EnvironmentError` for one that cannot be.
 */
export function buildPlatform({ environment, bundles, outdir }: PlatformSettings): Platform {
  checkEnvironment(environment);
  const config: AppConfig = {
    ...(outdir === undefined ? {} : { outdir }),
    context: {
      // What `cdktf.json` says for cdktf's own synth, said here for ours.
      ...{ excludeStackIdFromLogicalIds: "true", allowSepCharsInLogicalIds: "true" },
      // Which Terraform may run it: CDKTF's continuation refuses write-only arguments without it.
      targetVersions: { terraform: TERRAFORM_VERSION },
    },
  };
  const app = new App(config);
  const bootstrap = new BootstrapStack(app, environment);
  const foundation = new FoundationStack(app, environment);
  const regions: RegionStack[] = [];
  for (const settings of environment.regions) {
    const region = new RegionStack(app, environment, { settings, foundation, bundles });
    const before = regions.at(-1);
    if (before !== undefined) region.addDependency(before);
    regions.push(region);
  }
  const edge = new EdgeStack(app, environment, { foundation, regions });
  const observability = new ObservabilityStack(app, environment, { foundation, regions, bundles });
  const experiments = environment.experiments ? [new ExperimentsStack(app, environment, regions)] : [];
  return { app, stacks: [bootstrap, foundation, ...regions, edge, observability, ...experiments] };
}
