import { expect } from "chai";
import { outputsReadBy, resourcesOf } from "#infra/offline/terraform-json.ts";
import { HTTP_ROUTES } from "#infra/region/http-door.ts";
import { CONSUMERS_MAX, commandStreamConsumers, ZONE_SLOTS } from "#shared/config/aws/streams.ts";
import { platformOf, resourcesOfType, stacksOf } from "./platforms.ts";

describe("the stacks", function () {
  this.timeout(120_000);

  it("of prod are applied in this order, one Region after the other", async () => {
    expect((await platformOf("prod")).stacks).to.deep.equal([
      "bootstrap",
      "foundation",
      "region-us-east-1",
      "region-eu-west-1",
      "region-ap-northeast-1",
      "edge",
      "observability",
      "experiments",
    ]);
  });

  for (const environment of ["prod", "dev"] as const) {
    it(`of ${environment} read from earlier stacks only what those hand over`, async () => {
      const stacks = await stacksOf(environment);
      for (const [at, { name, json }] of stacks.entries())
        for (const [from, outputs] of outputsReadBy(json)) {
          const earlier = stacks.slice(0, at).find((stack) => stack.name === from);
          expect(earlier, `${name} reads ${from}, which is not applied before it`).to.not.equal(undefined);
          expect(Object.keys(earlier?.json.output ?? {}), `${name} reads ${from}`).to.include.members([
            ...outputs,
          ]);
        }
    });

    it(`of ${environment} hand over nothing that nobody reads, but for what people are told`, async () => {
      const stacks = await stacksOf(environment);
      const told = ["name_servers", "metrics_workspace_id", "page_bucket", "page_distribution"];
      for (const { name, json } of stacks) {
        const read = stacks.flatMap((other) => [...(outputsReadBy(other.json).get(name) ?? [])]);
        const unread = Object.keys(json.output ?? {}).filter(
          (output) => !read.includes(output) && !told.includes(output),
        );
        expect(unread, name).to.deep.equal([]);
      }
    });
  }

  it("put the two matching tasks of a group into two zones", async () => {
    for (const region of (await platformOf("prod")).environment.regions) {
      const services = (await resourcesOfType("prod", "aws_ecs_service")).filter(
        ({ stack, block }) => stack === `region-${region.name}` && String(block.name).includes("matching"),
      );
      expect(services).to.have.lengthOf(ZONE_SLOTS.length);
      const subnets = services.map(
        ({ block }) => (block.network_configuration as { subnets: string[] }).subnets,
      );
      for (const one of subnets) expect(one).to.have.lengthOf(1);
      expect(new Set(subnets.flat()).size).to.equal(ZONE_SLOTS.length);
    }
  });

  it("never run two tasks on one stream consumer, not even while they deploy", async () => {
    for (const { block, name } of await resourcesOfType("prod", "aws_ecs_service"))
      if (name.includes("matching") || name.includes("reconciliation")) {
        expect(block.deployment_maximum_percent, name).to.equal(100);
        expect(block.desired_count, name).to.equal(1);
      }
  });

  it("register one consumer for each Region's slot and reconciliation at each log, fewer than AWS allows", async () => {
    const regions = (await platformOf("prod")).environment.regions.map(({ name }) => name);
    expect(commandStreamConsumers(regions)).to.have.lengthOf.below(CONSUMERS_MAX + 1);
    for (const region of regions) {
      const consumers = (await resourcesOfType("prod", "aws_kinesis_stream_consumer"))
        .filter(({ stack }) => stack === `region-${region}`)
        .map(({ block }) => block.name);
      expect(consumers).to.have.members([...commandStreamConsumers(regions)]);
    }
  });

  it("throttle every route of the HTTP API by itself", async () => {
    for (const { block } of (await resourcesOfType("prod", "aws_apigatewayv2_stage")).filter(({ name }) =>
      name.startsWith("http-door"),
    ))
      expect(
        (block.route_settings as { route_key: string }[]).map(({ route_key }) => route_key),
      ).to.have.members(HTTP_ROUTES.map(({ key }) => key));
  });

  it("let API Gateway log before a WebSocket API is to: AWS refuses such a stage otherwise", async () => {
    const { stacks } = await platformOf("prod");
    for (const region of stacks.filter((name) => name.startsWith("region-"))) {
      const inRegion = async (type: string) =>
        (await resourcesOfType("prod", type)).filter(({ stack }) => stack === region);
      const [setting] = await inRegion("aws_api_gateway_account");
      const [api] = (await inRegion("aws_apigatewayv2_api")).filter(
        ({ block }) => block.protocol_type === "WEBSOCKET",
      );
      const stages = (await inRegion("aws_apigatewayv2_stage")).filter(
        ({ block }) => block.api_id === `\${aws_apigatewayv2_api.${api?.name}.id}`,
      );
      expect(stages).to.have.lengthOf(1);
      for (const { block } of stages)
        expect(block.depends_on).to.include(`aws_api_gateway_account.${setting?.name}`);
    }
  });

  it("name what an account has once so that no two stacks claim it", async () => {
    const names = (await stacksOf("prod")).flatMap(({ json }) =>
      resourcesOf(json)
        .filter(({ type }) => type === "aws_iam_role" || type === "aws_s3_bucket")
        .map(({ block }) => String(block.name ?? block.bucket)),
    );
    expect(names.filter((name, at) => names.indexOf(name) !== at)).to.deep.equal([]);
  });

  it("keep names within what AWS takes", async () => {
    const limits: Record<string, [field: string, most: number]> = {
      aws_iam_role: ["name", 64],
      aws_lb: ["name", 32],
      aws_lb_target_group: ["name", 32],
      aws_s3_bucket: ["bucket", 63],
      aws_opensearch_domain: ["domain_name", 28],
      aws_elasticache_replication_group: ["replication_group_id", 40],
    };
    for (const environment of ["prod", "staging"] as const)
      for (const [type, [field, most]] of Object.entries(limits))
        for (const { block } of await resourcesOfType(environment, type))
          expect(String(block[field]), type).to.have.lengthOf.at.most(most);
  });

  it("call the function that writes Grafana's boards when its bundle changes, once it may, and leave no token in the state", async () => {
    const stack = (await stacksOf("prod")).find(({ name }) => name === "observability");
    const resources = stack === undefined ? [] : resourcesOf(stack.json);
    const of = (type: string) => resources.filter((one) => one.type === type);
    const [call, ...others] = of("aws_lambda_invocation");
    expect(others).to.deep.equal([]);
    const [bundle] = of("aws_lambda_function").filter(({ block }) =>
      /-boards$/.test(String(block.function_name)),
    );
    const { code = "" } = (call?.block.triggers ?? {}) as { code?: string };
    expect(code).not.to.equal("");
    expect(String(bundle?.block.filename)).to.include(`/${code}/`);
    const [policy] = of("aws_iam_role_policy").filter(({ name }) => name.startsWith("role-boards"));
    expect(call?.block.depends_on).to.deep.equal([`aws_iam_role_policy.${policy?.name}`]);
    const grafana = (
      JSON.parse(String(policy?.block.policy)) as { Statement: { Action: string[]; Resource: string[] }[] }
    ).Statement.filter(({ Action }) => Action.some((action) => action.startsWith("grafana:")));
    expect(grafana).to.deep.equal([
      {
        Effect: "Allow",
        Action: ["grafana:CreateWorkspaceServiceAccountToken", "grafana:DeleteWorkspaceServiceAccountToken"],
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's.
        Resource: ["${aws_grafana_workspace.grafana.arn}"],
      },
    ]);
    expect(of("aws_grafana_workspace_service_account_token")).to.deep.equal([]);
    expect(of("aws_grafana_workspace_api_key")).to.deep.equal([]);
  });
});
