import { readFileSync } from "node:fs";
import { expect } from "chai";
import { FUNCTIONS } from "#infra/bundles/bundles.ts";
import { configurationPage } from "#shared/config/configuration-page.ts";
import {
  readServiceConfig,
  SERVICES,
  ServiceConfigError,
  type ServiceName,
} from "#shared/config/service-config.ts";
import { VARIABLES } from "#shared/config/service-variables.ts";
import { resourcesOfType } from "./platforms.ts";

const COMMON = {
  MERIDIAN_ENVIRONMENT: "prod",
  MERIDIAN_ACCOUNT_ID: "111122223333",
  MERIDIAN_REGION: "eu-west-1",
  MERIDIAN_REGIONS: "us-east-1,eu-west-1,ap-northeast-1",
};

interface ContainerJson {
  readonly name: string;
  readonly environment?: readonly { readonly name: string; readonly value: string }[];
  readonly secrets?: readonly { readonly name: string; readonly valueFrom: string }[];
}

describe("a service's configuration", () => {
  it("is read into typed values, with what was not set", () => {
    expect(readServiceConfig("projector", COMMON)).to.deep.equal({
      ...COMMON,
      MERIDIAN_REGIONS: ["us-east-1", "eu-west-1", "ap-northeast-1"],
      MERIDIAN_LOG: "info",
    });
  });

  it("that lacks a variable is one line that names it", () => {
    expect(() => readServiceConfig("projector", { ...COMMON, MERIDIAN_REGION: undefined }))
      .to.throw(ServiceConfigError, "projector: MERIDIAN_REGION is not set (the Region that it runs in)")
      .with.property("message")
      .that.does.not.include("\n");
  });

  it("with a bad value is one line that shows it and a good one", () => {
    expect(() => readServiceConfig("projector", { ...COMMON, MERIDIAN_REGION: "Ireland" })).to.throw(
      ServiceConfigError,
      'projector: MERIDIAN_REGION is "Ireland"; it is the Region that it runs in, as eu-west-1',
    );
  });

  it("with a variable that the service does not know is refused, so that a slip of the pen is seen", () => {
    expect(() => readServiceConfig("projector", { ...COMMON, MERIDIAN_REGOIN: "eu-west-1" })).to.throw(
      ServiceConfigError,
      "MERIDIAN_REGOIN is not a variable of projector",
    );
  });

  it("never shows a secret, not even a wrong one", () => {
    expect(() => readServiceConfig("gateway", { ...COMMON, MERIDIAN_OPERATOR_TOKEN: "tooshort" }))
      .to.throw(ServiceConfigError, "MERIDIAN_OPERATOR_TOKEN is not as it should be")
      .with.property("message")
      .that.does.not.include("tooshort");
  });

  it("is described by docs/configuration.md as it is", () => {
    const page = readFileSync(new URL("../../docs/configuration.md", import.meta.url), "utf8");
    expect(page, "run npm run infra -- configuration").to.equal(configurationPage());
  });

  it("uses every variable that is defined", () => {
    const used = new Set<string>(Object.values(SERVICES).flat());
    expect(Object.keys(VARIABLES).filter((name) => !used.has(name))).to.deep.equal([]);
  });
});

describe("what infrastructure sets for a service", function () {
  this.timeout(120_000);

  for (const environment of ["dev", "prod"] as const) {
    for (const service of ["gateway", "matching", "reconciliation"] as const)
      it(`is exactly what ${service} reads, in each task of ${environment}`, async () => {
        const containers = (await resourcesOfType(environment, "aws_ecs_task_definition"))
          .flatMap(({ block }) => JSON.parse(String(block.container_definitions)) as ContainerJson[])
          .filter(({ name }) => name === service);
        expect(containers).to.have.lengthOf.at.least(1);
        for (const { environment: plain = [], secrets = [] } of containers) check(service, plain, secrets);
      });

    for (const service of FUNCTIONS.filter((name) => name !== "boards" || environment === "prod"))
      it(`is exactly what ${service} reads, in each function of ${environment}`, async () => {
        const functions = (await resourcesOfType(environment, "aws_lambda_function")).filter(({ block }) =>
          String(block.function_name).endsWith(`-${service}`),
        );
        expect(functions).to.have.lengthOf.at.least(1);
        for (const { block } of functions) {
          const { variables } = block.environment as { variables: Record<string, string> };
          check(
            service,
            Object.entries(variables).map(([name, value]) => ({ name, value })),
            [],
          );
        }
      });
  }

  function check(
    service: ServiceName,
    plain: readonly { name: string; value: string }[],
    secrets: readonly { name: string }[],
  ): void {
    const names = [...plain, ...secrets]
      .map(({ name }) => name)
      .filter((name) => name.startsWith("MERIDIAN_"));
    expect(names).to.have.members([...SERVICES[service]]);
    for (const { name } of secrets)
      expect(VARIABLES[name as keyof typeof VARIABLES]).to.have.property("secret", true);
    const values = Object.fromEntries([
      ...plain.map(({ name, value }) => [name, asApplied(value)] as const),
      ...secrets.map(({ name }) => [name, "x".repeat(48)] as const),
    ]);
    readServiceConfig(service, values);
  }
});

/** What Terraform will put in: of the form that AWS gives. */
function asApplied(value: string): string {
  return value
    .replace(
      /\$\{data\.terraform_remote_state\.\w+\.outputs\.\w*key_arn\w*\}/g,
      "arn:aws:kms:eu-west-1:111122223333:key/mrk-1",
    )
    .replace(/\$\{data\.terraform_remote_state\.\w+\.outputs\.issuer\}/g, "https://issuer.example")
    .replace(/\$\{[^}]+\}/g, "applied.example");
}
